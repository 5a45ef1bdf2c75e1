// A command that is given its input and ends, or is ended: by a time limit, or because the daemon stops.
import { spawn, type ChildProcess } from 'node:child_process';
import { HeddleError } from '../errors.ts';

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLimits {
  /** How long it may take, milliseconds. */
  readonly limitMs: number;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /** Beside this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Rejects with `IO` when it has not ended in time or is stopped, and with the error of spawn(2) when it cannot be started:
 * without descriptors Node answers a child without streams, without memory it throws.
 */
export function runCommand(
  argv: readonly string[],
  input: string,
  { limitMs, signal, env }: CommandLimits,
): Promise<CommandResult> {
  const [command = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    // A group of its own: what a shell has started ends with it.
    const options = { stdio: 'pipe', detached: true, env: { ...process.env, LC_ALL: 'C', ...env } } as const;
    const child: ChildProcess = spawn(command, args, options);
    const end = (reason: string): void => {
      killGroup(child);
      reject(new HeddleError('IO', `${reason}: ${argv.join(' ')}`));
    };
    const timer = setTimeout(() => end(`a command has not ended within ${limitMs / 1_000} s`), limitMs);
    const onAbort = (): void => end('a command was stopped');
    signal?.addEventListener('abort', onAbort);
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const output = { stdout: '', stderr: '' };
    child.on('error', cause => {
      settle();
      reject(cause);
    });
    child.on('close', status => {
      settle();
      resolve({ status, ...output });
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.stdin?.on('error', () => undefined); // it ended before it read: its status says why
    child.stdin?.end(input);
    if (signal?.aborted === true) onAbort();
  });
}

/** As `runCommand`, without input. Undefined: it is not installed. */
export async function runIfInstalled(
  argv: readonly string[],
  limits: CommandLimits,
): Promise<CommandResult | undefined> {
  try {
    return await runCommand(argv, '', limits);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
