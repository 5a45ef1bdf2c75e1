// Connects the daemon's metrics with their HTTP server.
import type { MapSet } from '../abi/map-set.ts';
import type { StatusView } from '../api/dataplane-view.ts';
import { CNI_CODE } from '../api/cni/error.ts';
import { CNI_COMMANDS, type CniObserver } from '../api/cni-service.ts';
import { CniMetrics } from '../metrics/cni-metrics.ts';
import { MetricsServer } from '../metrics/metrics-server.ts';
import { NodeMetrics } from '../metrics/node-metrics.ts';
import type { PolicyScope } from '../metrics/policy-drop-counts.ts';
import { addPolicyDrops } from '../metrics/policy-drop-metrics.ts';
import type { Policy, PolicyKey } from '../model/policies.ts';
import { sentenceOf } from './conditions.ts';

export interface AgentMetricsOptions {
  /** `address:port`, or `off`. */
  readonly listen: string;
  readonly status: () => StatusView;
  /** Names of all conditions of readiness. */
  readonly conditions: () => readonly string[];
  /** Of the cluster. */
  readonly policies: () => ReadonlyMap<PolicyKey, Policy>;
  readonly maps: () => MapSet | undefined;
  /** Why metrics are not served; undefined: they are. */
  readonly onProblem: (sentence: string | undefined) => void;
}

export class AgentMetrics {
  readonly #metrics: NodeMetrics;
  readonly #cni: CniMetrics;
  readonly #server: MetricsServer | undefined;

  constructor({ listen, status, conditions, policies, maps, onProblem }: AgentMetricsOptions) {
    this.#metrics = new NodeMetrics(() => {
      const { problems, changesApplied, unmet, ...figures } = status();
      return {
        ...{ ...figures, conditions: conditions(), unmet: unmet.map(({ name }) => name) },
        ...{ problems: problems.length, changes: changesApplied },
        ...{ policies: policies().size, maps: maps() },
      };
    });
    const { registry } = this.#metrics;
    this.#cni = new CniMetrics(registry, {
      commands: CNI_COMMANDS,
      codes: Object.values(CNI_CODE).map(String),
    });
    addPolicyDrops(registry, { maps, scopeOf: policy => scopeOf(policies(), policy) });
    if (listen === 'off') return;
    this.#server = new MetricsServer({
      listen,
      metrics: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
      unready: () => status().unmet.map(sentenceOf),
      onProblem,
    });
  }

  readonly observeCni: CniObserver = (command, outcome, seconds) =>
    this.#cni.count(command, outcome, seconds);

  /** Counts one run of a reconciler. */
  countSync(reconciler: string, seconds: number, isFailure: boolean): void {
    this.#metrics.countSync(reconciler, seconds, isFailure);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}

function scopeOf(policies: ReadonlyMap<PolicyKey, Policy>, key: string): PolicyScope | undefined {
  const policy = policies.get(key as PolicyKey);
  return policy && { tier: policy.tier, namespace: policy.namespace ?? '' };
}
