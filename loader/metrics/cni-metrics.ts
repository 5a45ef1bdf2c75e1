// Requests of the CNI plugin as metrics: how long they take, and how many fail.
import { Counter, Histogram, type Registry } from 'prom-client';

/** Seconds: from a command that waits for nothing to an ADD that waits for a Pod object. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** All commands and error codes that there are. */
export interface CniLabels {
  readonly commands: readonly string[];
  readonly codes: readonly string[];
}

export class CniMetrics {
  readonly #durations: Histogram<'command' | 'outcome'>;
  readonly #failures: Counter<'command' | 'code'>;

  /** Failures begin at 0 for every command and code: rate() does not see the step from absent to 1. */
  constructor(registry: Registry, { commands, codes }: CniLabels) {
    this.#durations = new Histogram({
      name: 'heddle_cni_request_duration_seconds',
      help: 'Duration of requests of the CNI plugin, by command and outcome (ok, or a CNI error code)',
      labelNames: ['command', 'outcome'],
      buckets: DURATION_BUCKETS,
      registers: [registry],
    });
    this.#failures = new Counter({
      name: 'heddle_cni_failures_total',
      help: 'Failed requests of the CNI plugin, by command and CNI error code',
      labelNames: ['command', 'code'],
      registers: [registry],
    });
    for (const command of commands) for (const code of codes) this.#failures.inc({ command, code }, 0);
  }

  /** Counts one request; `outcome` is `ok` or the CNI error code. */
  count(command: string, outcome: string, seconds: number): void {
    this.#durations.observe({ command, outcome }, seconds);
    if (outcome !== 'ok') this.#failures.inc({ command, code: outcome });
  }
}
