// Runs the command again in the network namespace of its node.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Target } from './target.ts';

/** True when the command has run in the target's network namespace: the caller returns. */
export function ranInside({ netns }: Target): boolean {
  if (netns === undefined || statSync(netns).ino === statSync('/proc/self/ns/net').ino) return false;
  const argv = [`--net=${netns}`, process.execPath, ...process.argv.slice(1)];
  process.exitCode = spawnSync('nsenter', argv, { stdio: 'inherit' }).status ?? 1;
  return true;
}
