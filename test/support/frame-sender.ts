// Frames put on a device as they are, past every rule of the sender's own stack.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

interface Test {
  teardown(clean: () => void): void;
}

export interface FrameSender {
  /** Sends them in order; settles when they are on their way. */
  send(frames: readonly Uint8Array[]): Promise<void>;
}

/** Reads lines of frames in hex, sends them by the socket `out`, and says so. */
const SENDING = `
print('ready', flush=True)
for line in iter(sys.stdin.readline, ''):
    for frame in line.split(): out.send(bytes.fromhex(frame))
    print('sent', flush=True)
`;

const PACKET_SOCKET = `
import socket, sys
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind((sys.argv[1], 0))
${SENDING}`;

const UDP_SOCKET = `
import socket, sys
out = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
out.connect((sys.argv[1], int(sys.argv[2])))
${SENDING}`;

/** Sends whole frames, with Ethernet, out of a namespace's device; ends with the test. */
export function frameSender(t: Test, netns: string, device: string): Promise<FrameSender> {
  return sender(t, netns, [PACKET_SOCKET, device]);
}

/** Sends the payloads of datagrams as any process of the namespace can; ends with the test. */
export function datagramSender(
  t: Test,
  netns: string,
  to: { readonly host: string; readonly port: number },
): Promise<FrameSender> {
  return sender(t, netns, [UDP_SOCKET, to.host, String(to.port)]);
}

async function sender(t: Test, netns: string, program: readonly string[]): Promise<FrameSender> {
  const child = spawn('nsenter', [`--net=${netns}`, 'python3', '-c', ...program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  child.stdin.on('error', () => undefined); // its end is seen below
  const ended = once(child, 'exit').then(() => `the sender in ${netns} has ended`);
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
