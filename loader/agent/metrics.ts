// Connects the daemon's metrics with their HTTP server.
import type { MapSet } from '../abi/map-set.ts';
import type { StatusView } from '../api/dataplane-view.ts';
import type { CniObserver } from '../api/cni-service.ts';
import { MetricsServer } from '../metrics/metrics-server.ts';
import { NodeMetrics } from '../metrics/node-metrics.ts';

export interface AgentMetricsOptions {
  /** `address:port`, or `off`. */
  readonly listen: string;
  readonly status: () => StatusView;
  readonly policies: () => number;
  readonly maps: () => MapSet | undefined;
  /** Why metrics are not served; undefined: they are. */
  readonly onProblem: (sentence: string | undefined) => void;
}

export class AgentMetrics {
  readonly #metrics: NodeMetrics;
  readonly #server: MetricsServer | undefined;

  constructor({ listen, status, policies, maps, onProblem }: AgentMetricsOptions) {
    this.#metrics = new NodeMetrics(() => {
      const { problems, changesApplied, ...figures } = status();
      return {
        ...figures,
        ...{ problems: problems.length, changes: changesApplied },
        ...{ policies: policies(), maps: maps() },
      };
    });
    if (listen === 'off') return;
    const { registry } = this.#metrics;
    this.#server = new MetricsServer({
      listen,
      metrics: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
      unready: () => {
        const { ready, problems } = status();
        if (ready) return [];
        return problems.length > 0 ? problems : ['heddled has not finished starting'];
      },
      onProblem,
    });
  }

  readonly observeCni: CniObserver = (command, outcome, seconds) =>
    this.#metrics.countRequest(command, outcome, seconds);

  /** Counts one run of a reconciler. */
  countSync(reconciler: string, seconds: number, isFailure: boolean): void {
    this.#metrics.countSync(reconciler, seconds, isFailure);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
