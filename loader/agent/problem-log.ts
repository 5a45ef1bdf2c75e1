// Problems in the log: each when it begins and when it is over.
import type { Logger } from 'pino';

export function logProblems(
  logger: Logger,
  fields: Readonly<Record<string, string>>,
  { begun, ended }: { readonly begun: readonly string[]; readonly ended: readonly string[] },
): void {
  for (const sentence of begun) logger.warn(fields, sentence);
  for (const sentence of ended) logger.info(fields, `over: ${sentence}`);
}

/** Of a part that answers all its problems each time. */
export class ProblemLog {
  readonly #logger: Logger;
  readonly #fields: Readonly<Record<string, string>>;
  #known: readonly string[] = [];

  constructor(logger: Logger, fields: Readonly<Record<string, string>>) {
    this.#logger = logger;
    this.#fields = fields;
  }

  note(now: readonly string[]): void {
    const [before, after] = [new Set(this.#known), new Set(now)];
    logProblems(this.#logger, this.#fields, {
      begun: now.filter(sentence => !before.has(sentence)),
      ended: this.#known.filter(sentence => !after.has(sentence)),
    });
    this.#known = now;
  }
}
