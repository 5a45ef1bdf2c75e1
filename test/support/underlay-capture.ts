// What crosses the underlay's wire to node n1, as a capture file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../lab/lab.ts';

/** A block of packets that is not full is handed to tcpdump after a second. */
const SETTLE_MS = 1_200;

/** Captures everything on the underlay's link of n1 into a pcap file while something is done. */
export async function captureDuring(lab: Lab, file: string, action: () => Promise<void>): Promise<void> {
  const argv = ['tcpdump', '-i', 'n1', '-n', '-U', '-B', '16384', '-w', file];
  const child = spawn('nsenter', [`--net=${lab.fabricNetns}`, ...argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    while (!said.includes('listening')) await once(child.stderr, 'data');
    await action();
    await sleep(SETTLE_MS);
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}
