// A server of our own inside a namespace: a Node program that says 'ready', and runs until it is stopped.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface LabServer {
  stop(): Promise<void>;
}

/** `program` is for `node -e`. It serves when this settles. */
export async function startServer(
  netns: string,
  program: string,
  argv: readonly (string | number)[],
): Promise<LabServer> {
  const words = argv.map(String);
  const child = spawn('nsenter', [`--net=${netns}`, process.execPath, '-e', program, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([once(child.stdout, 'data'), refuseExit(child, netns)]);
  return { stop: () => stop(child) };
}

async function refuseExit(child: ChildProcess, netns: string): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`a server in ${netns} ended with ${code ?? 'a signal'} before it was ready`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
