// kubectl exec over a WebSocket: Kubernetes' remote command protocol, v5.channel.k8s.io (k8s.io/apimachinery: remotecommand).
import type { IncomingMessage } from 'node:http';
import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { WebSocket } from './web-socket.ts';

const PROTOCOL = 'v5.channel.k8s.io';
/** The first byte of each message. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 } as const;

/** Runs the program, and hands on what it prints and its exit status. */
export function serveExec(request: IncomingMessage, socket: Duplex, argv: readonly string[]): void {
  const web = new WebSocket(request, socket, PROTOCOL);
  const say = (channel: number, data: Buffer): void =>
    web.send(Buffer.concat([Buffer.from([channel]), data]));
  const [command = '', ...words] = argv;
  const child = spawn(command, words, { stdio: 'pipe' });
  child.stdin.on('error', () => undefined); // it does not read
  child.stdout.on('data', (data: Buffer) => say(CHANNEL.stdout, data));
  child.stderr.on('data', (data: Buffer) => say(CHANNEL.stderr, data));
  web.onMessage = message => {
    const [channel] = message;
    if (channel === CHANNEL.stdin) child.stdin.write(message.subarray(1));
    if (channel === CHANNEL.close && message[1] === CHANNEL.stdin) child.stdin.end();
  };
  if (new URL(request.url ?? '', 'https://x').searchParams.get('stdin') !== 'true') child.stdin.end();
  socket.on('close', () => child.kill('SIGKILL'));
  const end = (status: object): void => {
    say(CHANNEL.error, Buffer.from(JSON.stringify({ metadata: {}, ...status })));
    web.close();
  };
  child.on('error', ({ message }) => end({ status: 'Failure', reason: 'InternalError', message, code: 500 }));
  child.on('close', code => end(code === 0 ? { status: 'Success' } : failure(code ?? 137)));
}

/** As the kubelet says it: kubectl exits with that code. */
function failure(code: number): object {
  return {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}
