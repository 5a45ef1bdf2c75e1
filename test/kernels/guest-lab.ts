// Runs in the guest as its only program: the daemon itself, on a lab of two nodes, from the first pod to the last trace.
import { release } from 'node:os';
import { tell } from './report.ts';
import { labSteps } from './lab-steps.ts';

tell({ kernel: release() });
const undo: (() => void | Promise<void>)[] = [];
for (const [step, run] of labSteps({ teardown: clean => undo.push(clean) })) {
  const start = Date.now();
  const failures = await run().catch((error: unknown) => [
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  ]);
  tell({ step, seconds: (Date.now() - start) / 1_000, failures });
}
for (const clean of undo.reverse()) await clean();
