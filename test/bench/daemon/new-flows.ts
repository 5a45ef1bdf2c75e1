// A sender of new flows: datagrams from a pod at a steady rate, each to another port or from another one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A socket for 60,000 flows; a burst every ten milliseconds, so that the rate holds beside other load. */
const SENDER = `
import socket, sys, time
host, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
begin = time.monotonic()
sent, out = 0, None
while True:
    now = time.monotonic() - begin
    if now >= seconds: break
    while sent < rate * now:
        if sent % 60000 == 0: out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try: out.sendto(b'x', (host, 1024 + sent % 60000))
        except ConnectionRefusedError: pass
        sent += 1
    time.sleep(0.01)
print(sent)
`;

export interface NewFlows {
  readonly netns: string;
  readonly to: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/** How many were sent. */
export async function sendNewFlows({ netns, to, perSecond, seconds }: NewFlows): Promise<number> {
  const words = ['python3', '-c', SENDER, to, String(perSecond), String(seconds)];
  const child = spawn('nsenter', [`--net=${netns}`, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the sender of new flows ended with ${code ?? 'a signal'}`);
  return Number(printed);
}
