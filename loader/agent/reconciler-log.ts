// Logs the reconcilers: each problem when it begins and when it ends; each run at level debug.
import type { Logger } from 'pino';
import type { RunnerOptions } from '../reconcilers/runner.ts';
import { logProblems } from './problem-log.ts';

type Observe = (name: string, seconds: number, isFailure: boolean) => void;

/** `observe` is called for each run. */
export function reconcilerLog(
  logger: Logger,
  observe: Observe,
): Pick<RunnerOptions, 'onStart' | 'onEnd' | 'onProblems'> {
  return {
    onStart: (reconciler, { causes, mode }) => logger.debug({ reconciler, causes, mode }, 'sync'),
    onEnd: (reconciler, seconds, error) => {
      observe(reconciler, seconds, error !== undefined);
      // An error without a code is a bug: log its stack at level error.
      if (error !== undefined)
        logger[hasCode(error) ? 'debug' : 'error']({ reconciler, err: error }, 'failed');
    },
    onProblems: (reconciler, begun, ended) => logProblems(logger, { reconciler }, { begun, ended }),
  };
}

function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
