// Status of the source: why it has no state of the cluster yet, its problems, and whether its last proof is too old.
import type { Logger } from 'pino';
import type { Source } from '../sources/source.ts';
import { ProblemLog } from './problem-log.ts';

export class SourceStanding {
  readonly #watches: Source['watches'];
  readonly #log: ProblemLog;
  #isKnown = false;
  #problems: readonly string[] = [];

  /** `kind`: for the log. */
  constructor(logger: Logger, kind: string, watches: Source['watches']) {
    this.#log = new ProblemLog(logger, { source: kind });
    this.#watches = watches;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Why there is no first state yet: problems until there is one. */
  noteDelay(...sentences: readonly string[]): void {
    this.#note(sentences);
  }

  /** Of a complete state. */
  noteState(problems: readonly string[]): void {
    this.#isKnown = true;
    this.#note(problems);
  }

  /** Before the first state why there is none, later which watches have proven no news for too long; undefined: it is live. */
  get silence(): string | undefined {
    if (!this.#isKnown) return this.#problems[0];
    const silent = this.#watches().filter(({ isSilent }) => isSilent);
    if (silent.length === 0) return undefined;
    return `the source has proven no news of ${silent.map(({ name }) => name).join(', ')} for too long`;
  }

  #note(problems: readonly string[]): void {
    this.#problems = problems;
    this.#log.note(problems);
  }
}
