#!/usr/bin/env -S PATH=/usr/lib/heddle/node/bin:${PATH} node
// heddlectl: inspects Heddle on this machine, removes it, and runs labs.
import { CommanderError } from 'commander';
import { buildProgram } from './program.ts';
import { HeddleError } from '../../loader/errors.ts';
import { labHint } from './invocation/lab-advice.ts';
import { UsageError } from './invocation/usage-error.ts';

const EXIT = { failed: 1, usage: 2 } as const;

/** EPIPE: the reader has closed the pipe, as in `heddlectl map dump … | head`. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : EXIT.failed);
});

try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed the message. --help and --version succeed; the help for a missing command is an error.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
  } else {
    for (const line of errorText(error).split('\n')) process.stderr.write(`heddlectl: ${line}\n`);
    process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof HeddleError && error.code === 'NOT_READY')
    return `${error.message}${labHint(process.argv)}`;
  return isPermissionDenied(error) && process.geteuid?.() !== 0
    ? `${error.message}: run it as root`
    : error.message;
}

/** Whether EPERM or EACCES is the cause. */
function isPermissionDenied(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    ('code' in error && (error.code === 'EPERM' || error.code === 'EACCES')) ||
    isPermissionDenied(error.cause)
  );
}
