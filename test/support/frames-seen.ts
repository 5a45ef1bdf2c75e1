// How many frames of a kind a device has seen.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Counts those that match a filter of tcpdump's while something is done. */
export async function framesSeen(
  { netns, device, filter }: { readonly netns: string; readonly device: string; readonly filter: string },
  action: () => Promise<unknown>,
): Promise<number> {
  const argv = ['tcpdump', '-i', device, '-n', '--immediate-mode', '-Z', 'root', '-w', '/dev/null', filter];
  const child = spawn('nsenter', [`--net=${netns}`, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    while (!said.includes('listening')) await once(child.stderr, 'data');
    await action();
  } finally {
    child.kill('SIGINT');
    await ended;
  }
  return Number(/^(\d+) packets? captured$/m.exec(said)?.[1]);
}
