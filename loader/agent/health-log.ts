// Logs readiness, and each problem that is logged nowhere else, when it begins and when it ends.
import type { Logger } from 'pino';
import type { UnmetCondition } from '../api/dataplane-view.ts';
import { isLoggedElsewhere, sentenceOf } from './conditions.ts';
import { ProblemLog } from './problem-log.ts';

export class HealthLog {
  readonly #logger: Logger;
  readonly #socket: string;
  readonly #problems: ProblemLog;
  /** Undefined: not ready since the start, which is nothing to log. */
  #isReady: boolean | undefined;

  constructor(logger: Logger, socket: string) {
    this.#logger = logger;
    this.#socket = socket;
    this.#problems = new ProblemLog(logger, {});
  }

  /** `problems`: of parts that do not log them. */
  note(unmet: readonly UnmetCondition[], problems: readonly string[]): void {
    const own = unmet.filter(one => !isLoggedElsewhere(one));
    this.#problems.note([...new Set([...own.map(sentenceOf), ...problems])]);
    const isReady = unmet.length === 0;
    if (isReady === (this.#isReady ?? false)) return;
    this.#isReady = isReady;
    if (isReady) this.#logger.info({ socket: this.#socket }, 'ready');
    else this.#logger.warn({ conditions: unmet.map(({ name }) => name) }, 'not ready');
  }
}
