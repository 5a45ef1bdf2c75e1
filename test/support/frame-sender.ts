// Frames put on a device as they are, past every rule of the sender's own stack.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

interface Test {
  teardown(clean: () => void): void;
}

export interface FrameSender {
  /** Sends them in order, with Ethernet; settles when they are on the device. */
  send(frames: readonly Uint8Array[]): Promise<void>;
}

/** Reads frames in hex, a line each, sends them by a packet socket, and says so. */
const SENDER = `
import socket, sys
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind((sys.argv[1], 0))
print('ready', flush=True)
for line in iter(sys.stdin.readline, ''):
    for frame in line.split(): out.send(bytes.fromhex(frame))
    print('sent', flush=True)
`;

/** Sends out of a namespace's device; ends with the test. */
export async function frameSender(t: Test, netns: string, device: string): Promise<FrameSender> {
  const child = spawn('nsenter', [`--net=${netns}`, 'python3', '-c', SENDER, device], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  child.stdin.on('error', () => undefined); // its end is seen below
  const ended = once(child, 'exit').then(() => `the sender on ${device} of ${netns} has ended`);
  const answer = async (): Promise<void> => {
    const word = once(child.stdout, 'data').then(() => undefined);
    const end = await Promise.race([word, ended]);
    if (end !== undefined) throw new Error(end);
  };
  await answer();
  return {
    send: async frames => {
      const answered = answer();
      child.stdin.write(`${frames.map(frame => Buffer.from(frame).toString('hex')).join(' ')}\n`);
      await answered;
    },
  };
}
