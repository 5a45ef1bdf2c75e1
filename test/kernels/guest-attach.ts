// Runs in the guest as its only program: each kind of attachment, and what became of it.
import { execFileSync } from 'node:child_process';
import { release } from 'node:os';
import { ATTACH_STEPS } from './attach-steps.ts';
import { tell } from './report.ts';

tell({ kernel: release() });
execFileSync('mount', ['-t', 'tracefs', 'tracefs', '/sys/kernel/tracing']);
for (const [step, run] of ATTACH_STEPS) {
  const start = Date.now();
  const failures = await run().catch((error: unknown) => [String(error)]);
  tell({ step, seconds: (Date.now() - start) / 1_000, failures });
}
