// Runs external programs for checks that have no system call.
import { spawn } from 'node:child_process';

export interface CommandOutcome {
  /** undefined: the program is not installed. */
  readonly code: number | undefined;
  readonly stdout: string;
}

export function runCommand(command: string, args: readonly string[]): Promise<CommandOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ code: undefined, stdout: '' });
      else reject(error);
    });
    child.on('close', code => resolve({ code: code ?? -1, stdout }));
  });
}
