// Large TCP streams whose every byte is checked at the other end.
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execIn } from '../../lab/exec.ts';

const PORT = 7010;

/** Prints the hash of what one connection sends, then ends. */
const SINK = `
const hash = require('node:crypto').createHash('sha256');
const server = require('node:net').createServer(peer => {
  server.close();
  peer.on('data', data => hash.update(data)).on('end', () => { console.log(hash.digest('hex')); peer.end(); });
}).listen(${PORT}, '::', () => console.log('ready'));
`;

/** Sends megabytes that are all different. */
const SOURCE = `
const [host, count] = process.argv.slice(1);
const block = index => Buffer.alloc(1 << 20, 'block ' + index + ' ');
const socket = require('node:net').connect({ host, port: ${PORT} }, async () => {
  for (let i = 0; i < Number(count); i++)
    if (!socket.write(block(i))) await new Promise(resolve => socket.once('drain', resolve));
  socket.end();
});
`;

/** Sends that many MiB from one namespace to an address of another; true when exactly these arrived. */
export async function streamArrives(
  fromNetns: string,
  toNetns: string,
  to: string,
  mebibytes: number,
): Promise<boolean> {
  const sink = spawn('nsenter', [`--net=${toNetns}`, process.execPath, '-e', SINK], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  sink.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(sink, 'close');
  try {
    await once(sink.stdout, 'data'); // it listens
    const argv = [process.execPath, '-e', SOURCE, to, String(mebibytes)];
    const { code } = await execIn(fromNetns, argv, 60_000);
    if (code !== 0) return false;
    await ended;
    return printed.trim().endsWith(expectedHash(mebibytes));
  } finally {
    sink.kill('SIGKILL');
  }
}

function expectedHash(mebibytes: number): string {
  const hash = createHash('sha256');
  for (let i = 0; i < mebibytes; i++) hash.update(Buffer.alloc(1 << 20, `block ${i} `));
  return hash.digest('hex');
}
