// What a command prints, no more of it than fits and for no longer than it may take: it cannot fail its caller.
import { spawn, type ChildProcess } from 'node:child_process';

export interface Captured {
  readonly text: string;
  /** Why there is no more of it; absent: it is whole. */
  readonly missing?: string;
}

export interface CaptureLimits {
  readonly milliseconds: number;
  readonly bytes: number;
}

/** Ends the command with all that it has started once a limit is reached. */
export function capture(argv: readonly string[], limits: CaptureLimits): Promise<Captured> {
  const [command = '', ...words] = argv;
  return new Promise(resolve => {
    const child: ChildProcess = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const chunks: Buffer[] = [];
    let [bytes, errors, cut] = [0, '', ''];
    const stop = (reason: string): void => {
      cut ||= reason;
      killGroup(child.pid);
    };
    const timer = setTimeout(() => stop(`ended after ${limits.milliseconds / 1_000} s`), limits.milliseconds);
    const end = (failure: string | undefined): void => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks).subarray(0, limits.bytes).toString();
      const missing = cut || failure;
      resolve(missing ? { text: cut ? wholeLines(text) : text, missing } : { text });
    };
    child.on('error', error => end(error.message)); // first: without descriptors there are no streams
    child.on('close', (status, signal) => {
      const isNo = status === 1 && errors === '' && bytes > 0; // status and doctor of a node that is not well
      if (status === 0 || isNo) end(undefined);
      else end(`ended with ${String(status ?? signal)}${errors === '' ? '' : `: ${errors.trim()}`}`);
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > limits.bytes) stop(`cut at ${limits.bytes} bytes`);
    });
    child.stderr?.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-2_000)));
  });
}

/** Half a line may hold half a secret. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
