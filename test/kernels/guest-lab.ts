// Runs in the guest as its only program: the daemon itself, on a lab of two nodes, from the first pod to the last trace.
import { release } from 'node:os';
import { tell } from './report.ts';
import { labSteps } from './lab-steps.ts';
import { MissingModule } from './step.ts';

tell({ kernel: release() });
const undo: (() => void | Promise<void>)[] = [];
for (const [step, run] of labSteps({ teardown: clean => undo.push(clean) })) {
  const start = Date.now();
  const outcome = await run().then(
    failures => ({ failures }),
    (error: unknown) =>
      error instanceof MissingModule
        ? { failures: [], missingModule: error.module }
        : { failures: [inWords(error)] },
  );
  tell({ step, seconds: (Date.now() - start) / 1_000, ...outcome });
}
for (const clean of undo.reverse()) await clean();

function inWords(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
