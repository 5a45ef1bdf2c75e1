// A run of numbered datagrams between two namespaces, and what has become of them on the way.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mustExec } from './lab.ts';

export interface DatagramRun {
  readonly missing: number;
  readonly duplicates: number;
  /** Overtaken by a later one. */
  readonly late: number;
}

const PORT = 7040;
const DATAGRAMS = 2_000;
/** Large enough for a path to find a byte to flip. */
const PAYLOAD_BYTES = 400;
/** Nothing has come for so long after the last was sent: the rest is lost. Seconds. */
const SILENCE_S = 2;

const RECEIVER = `
import json, select, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE: nothing may be lost here
s.bind(('0.0.0.0', ${PORT}))
print('ready', flush=True)
seen, duplicates, late, highest = set(), 0, 0, -1
s.settimeout(${SILENCE_S})
while True:
    try:
        number = int.from_bytes(s.recv(65536)[:4], 'big')
        duplicates += number in seen
        late += number not in seen and number < highest
        seen.add(number)
        highest = max(highest, number)
    except TimeoutError:
        if select.select([sys.stdin], [], [], 0)[0]: break  # all were sent
print(json.dumps({'missing': ${DATAGRAMS} - len(seen), 'duplicates': duplicates, 'late': late}))
`;

const SENDER = `
import os, socket, sys
os.sched_setaffinity(0, [0])  # the kernel has a queue for each processor, and does not keep the order between them
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(${DATAGRAMS}): s.sendto(number.to_bytes(4, 'big') + bytes(${PAYLOAD_BYTES}), (sys.argv[1], ${PORT}))
`;

/** From one namespace to an IPv4 address of the other. */
export async function sendDatagrams(
  from: { readonly netns: string },
  to: { readonly netns: string },
  address: string,
): Promise<DatagramRun> {
  const receiver = spawn('nsenter', [`--net=${to.netns}`, 'python3', '-c', RECEIVER], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  receiver.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(receiver, 'close');
  try {
    await once(receiver.stdout, 'data'); // it is bound
    await mustExec(from, 'python3', '-c', SENDER, address);
    receiver.stdin.end();
    await ended;
  } finally {
    receiver.kill('SIGKILL');
  }
  return JSON.parse(printed.replace(/^ready\n/, '')) as DatagramRun;
}
