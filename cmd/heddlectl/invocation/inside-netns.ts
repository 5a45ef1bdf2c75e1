// A command that has to run where its node is: it starts itself again there.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Target } from './target.ts';

/** True when it has run in the target's network namespace, and there is nothing left to do here. */
export function ranInside({ netns }: Target): boolean {
  if (netns === undefined || statSync(netns).ino === statSync('/proc/self/ns/net').ino) return false;
  const argv = [`--net=${netns}`, process.execPath, ...process.argv.slice(1)];
  process.exitCode = spawnSync('nsenter', argv, { stdio: 'inherit' }).status ?? 1;
  return true;
}
