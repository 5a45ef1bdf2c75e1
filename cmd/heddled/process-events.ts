// What reaches the process from outside, and what ends it from inside.
import type { Logger } from 'pino';

export interface ProcessEvents {
  readonly logger: Logger;
  /** Traffic goes on; the process ends when it resolves. */
  readonly stop: () => Promise<void>;
  /** Reads the configuration again. */
  readonly reload: () => void;
}

/** Those of signal(7) that would end the process without a word. */
const MEANINGLESS = ['SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGVTALRM', 'SIGIO', 'SIGPWR', 'SIGSTKFLT'] as const;

/**
 * Install it first: the start may wait for its source for hours. SIGPIPE is Node's to ignore. A handler for SIGUSR1 keeps
 * Node from opening its debugger to all processes of the node.
 */
export function handleProcessEvents({ logger, stop, reload }: ProcessEvents): void {
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const)
    process.on(signal, () => {
      if (isStopping) {
        logger.warn({ signal }, 'ending at once: a second signal came before everything was stopped');
        process.exit(1);
      }
      isStopping = true;
      logger.info({ signal }, 'stopping: traffic goes on');
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'could not stop cleanly: traffic goes on');
          process.exit(1);
        },
      );
    });
  process.on('SIGHUP', reload);
  for (const signal of MEANINGLESS)
    process.on(signal, () => logger.info({ signal }, `ignored: ${signal} has no meaning`));
  process.on('uncaughtExceptionMonitor', error => logger.fatal({ err: error }, error.message));
}
