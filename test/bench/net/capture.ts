// Frames that cross the wire while something is done.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Frame } from './carriage.ts';
import type { Wire } from './underlay.ts';

/** Enough to evaluate, and no more than memory takes. */
const MAX_FRAMES = 5_000;
/** As much as all headers need. */
const SNAP_BYTES = 128;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** IPv4 between the nodes, without the link's own chatter: ARP is none, IGMP is multicast. */
export async function framesDuring({ netns, device }: Wire, action: () => Promise<void>): Promise<Frame[]> {
  const argv = ['tcpdump', '-i', device, '-n', '--immediate-mode', '-s', String(SNAP_BYTES)];
  const child = spawn(
    'nsenter',
    [`--net=${netns}`, ...argv, '-c', String(MAX_FRAMES), '-w', '-', 'ip and not ip multicast'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'close');
  const chunks: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    while (!said.includes('listening')) {
      const isOver = await Promise.race([once(child.stderr, 'data'), ended.then(() => true)]);
      if (isOver === true) throw new Error(`tcpdump: ${said}`);
    }
    await action();
  } finally {
    child.kill('SIGINT');
    await ended;
  }
  return framesOf(Buffer.concat(chunks));
}

/** Of libpcap's classic format, as this machine writes it. */
export function framesOf(file: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = FILE_HEADER_BYTES; at + RECORD_HEADER_BYTES <= file.length;) {
    const [captured, length] = [file.readUInt32LE(at + 8), file.readUInt32LE(at + 12)];
    const start = at + RECORD_HEADER_BYTES;
    at = start + captured;
    frames.push({ bytes: file.subarray(start, at), length });
  }
  return frames;
}
