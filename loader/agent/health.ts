// The one place that knows whether the node is ready: evaluated each second, and soon after something that it depends on has
// changed. Everything that reports readiness reads `unmet`.
import { isDeepStrictEqual } from 'node:util';
import type { UnmetCondition } from '../api/dataplane-view.ts';
import { messageOf } from '../errors.ts';
import { unmetConditions, type Evidence } from './conditions.ts';

export interface HealthOptions {
  readonly evidence: () => Evidence;
  /** One sentence each: those that no part logs by itself. */
  readonly problems: () => readonly string[];
  /** Called after each evaluation. */
  readonly onEvaluation: (unmet: readonly UnmetCondition[], problems: readonly string[]) => void;
  /** Called after an evaluation with another outcome. */
  readonly onChange: () => void;
}

const INTERVAL_MS = 1_000;

export class Health implements Disposable {
  readonly #options: HealthOptions;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #unmet: readonly UnmetCondition[] | undefined;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.evaluate(), INTERVAL_MS).unref();
  }

  /** Empty: ready. */
  get unmet(): readonly UnmetCondition[] {
    return this.#unmet ?? this.evaluate();
  }

  /** Evaluates once before long; further calls until then change nothing. */
  request(): void {
    this.#soon ??= setImmediate(() => this.evaluate());
  }

  evaluate(): readonly UnmetCondition[] {
    clearImmediate(this.#soon);
    this.#soon = undefined;
    const { unmet, problems } = this.#read();
    const isSame = isDeepStrictEqual(unmet, this.#unmet);
    this.#unmet = unmet;
    this.#options.onEvaluation(unmet, problems);
    if (!isSame) this.#options.onChange();
    return unmet;
  }

  /**
   * What throws is a bug, or a map that cannot be read: the node is not ready then, and the daemon goes on. Timers call this:
   * an exception would end the process.
   */
  #read(): { readonly unmet: readonly UnmetCondition[]; readonly problems: readonly string[] } {
    try {
      return { unmet: unmetConditions(this.#options.evidence()), problems: this.#options.problems() };
    } catch (error) {
      const reason = `readiness cannot be known: ${messageOf(error)}`;
      return { unmet: [{ name: 'evaluation', limitsRunningPods: false, reason }], problems: [] };
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    clearImmediate(this.#soon);
    this.#soon = undefined;
  }
}
