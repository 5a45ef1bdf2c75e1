#!/usr/bin/env -S PATH=/usr/lib/heddle/node/bin:${PATH} node
// heddlectl: inspects Heddle on this machine, removes it, and runs labs.
import { CommanderError } from 'commander';
import { buildProgram } from './program.ts';
import { HeddleError, RefusedConfig } from '../../loader/errors.ts';
import { labHint } from './invocation/lab-advice.ts';
import { UsageError } from './invocation/usage-error.ts';
import { endWithOutput } from './output/closed-output.ts';
import { say } from './output/terminal.ts';

/** heddled's, too: docs/operating.md. */
const EXIT = { failed: 1, refused: 2 } as const;

endWithOutput();

try {
  const program = await buildProgram(process.argv.slice(2));
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed the message. --help and --version succeed; the help for a missing command is an error.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.refused;
  } else {
    for (const line of errorText(error).split('\n')) say(`heddlectl: ${line}`);
    const isRefused = error instanceof UsageError || error instanceof RefusedConfig;
    process.exitCode = isRefused ? EXIT.refused : EXIT.failed;
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
