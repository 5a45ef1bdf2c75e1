// Runs the command again in the network namespace of its node.
import { statSync } from 'node:fs';
import { execAttached } from '../../../lab/exec.ts';
import type { Target } from './target.ts';

/** True when the command has run in the target's network namespace: the caller returns. */
export async function ranInside({ netns }: Target): Promise<boolean> {
  if (netns === undefined || statSync(netns).ino === statSync('/proc/self/ns/net').ino) return false;
  process.exitCode = await execAttached(netns, [process.execPath, ...process.argv.slice(1)]);
  return true;
}
