// A test program of our own in isolation, and what its TAP came to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readTap, type TapOutcome } from '../test-run/tap-failures.ts';

export interface ProgramOutcome extends TapOutcome {
  readonly seconds: number;
}

/** Runs a built script in namespaces of its own; what it says of errors, it says to our stderr. */
export async function runTapProgram(argv: readonly string[]): Promise<ProgramOutcome> {
  const start = performance.now();
  const child = spawn('scripts/isolate', [process.execPath, '--enable-source-maps', ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: '0' }, // guests have limits of their own
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const outcome = await readTap(child.stdout);
  const [code] = await ended;
  const isSilent = outcome.failures.length === 0 && (code !== 0 || outcome.count === 0);
  const failures = isSilent
    ? [{ title: argv.join(' '), text: `ended with ${code ?? 'a signal'} after ${outcome.count} assertions` }]
    : outcome.failures;
  return { ...outcome, failures, seconds: (performance.now() - start) / 1_000 };
}

/** A line for the person who waits, and one for each failure. */
export function report(what: string, { passed, failures, seconds }: ProgramOutcome): void {
  const mark = failures.length === 0 ? 'ok  ' : 'FAIL';
  process.stdout.write(
    `${mark} ${what}: ${passed} passed, ${failures.length} failed (${seconds.toFixed(0)} s)\n`,
  );
  for (const { title, text } of failures)
    process.stdout.write(`       ${`${title}\n${text}`.replaceAll('\n', '\n       ')}\n`);
}
