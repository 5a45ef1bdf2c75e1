#!/usr/bin/env node
// heddlectl: inspects Heddle on this machine, cleans it away, and runs labs.
import { CommanderError } from 'commander';
import { buildProgram } from './program.ts';
import { UsageError } from './invocation/usage-error.ts';

const EXIT = { failed: 1, usage: 2 } as const;

/** Whoever reads our output may stop reading: `heddlectl map dump … | head`. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : EXIT.failed);
});

try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    // It has said so itself; help and version are no failures, and help for want of a command is.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
  } else {
    process.stderr.write(`heddlectl: ${sentenceOf(error)}\n`);
    process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isRefused(error) && process.geteuid?.() !== 0 ? `${error.message}: run it as root` : error.message;
}

/** Whether the kernel's no is at the bottom of it. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && (error.code === 'EPERM' || error.code === 'EACCES')) || isRefused(error.cause);
}
