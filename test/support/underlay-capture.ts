// What crosses the underlay's wire to node n1, as a capture file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Lab } from '../../lab/lab.ts';
import { until } from './until.ts';

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
    const hasAll = (): boolean => {
      child.kill('SIGUSR1');
      return hasWrittenAll(said);
    };
    if (!(await until(hasAll))) throw new Error(`tcpdump has lost packets: ${said.slice(-200)}`);
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

/** By its last account, which SIGUSR1 asks for: all that passed the kernel's filter is in the file. */
function hasWrittenAll(said: string): boolean {
  const accounts = [...said.matchAll(/(\d+) packets? captured, (\d+) packets? received by filter, (\d+) /g)];
  const [, captured, received] = accounts.at(-1) ?? [];
  return captured !== undefined && captured === received;
}
