// The Prometheus metrics of a node (https://prometheus.io/docs/practices/naming/): base units, collected at each scrape.
import { setImmediate } from 'node:timers/promises';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { MAP_NAMES, type MapSet } from '../abi/map-set.ts';
import { readConntrackUsage } from '../tables/conntrack-usage.ts';
import { addConditions, type ConditionFigures } from './condition-metrics.ts';
import { addPackets } from './packet-metrics.ts';
import { mapUsage, type MapUsage } from '../tables/map-usage.ts';

/** The values of the daemon that become metrics. */
export interface NodeFigures extends ConditionFigures {
  readonly version: string;
  readonly ready: boolean;
  readonly problems: number;
  readonly changes: number;
  readonly localPods: number;
  readonly remotePods: number;
  readonly nodes: number;
  readonly policies: number;
  readonly reconcilers: readonly { readonly name: string; readonly lastSuccessAgeSeconds?: number }[];
  readonly watches: readonly { readonly name: string; readonly confirmedAgeSeconds?: number }[];
  /** Undefined before programs are loaded. */
  readonly maps: MapSet | undefined;
}

/** Minimum time between two counts of the maps' entries. */
const COUNT_MS = 10_000;
/** Seconds: from a run without changes to a first run that loads all programs. */
const SYNC_BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

export class NodeMetrics {
  readonly registry = new Registry();
  readonly #figures: () => NodeFigures;
  #usages: Promise<readonly MapUsage[]> = Promise.resolve([]);
  #countedAtMs = -Infinity;
  readonly #syncs: Histogram<'reconciler'>;
  readonly #syncFailures: Counter<'reconciler'>;

  constructor(figures: () => NodeFigures) {
    this.#figures = figures;
    addPackets(this.registry, () => this.#figures().maps);
    this.#addMaps();
    this.#addDaemon();
    this.#addCluster();
    this.#syncs = new Histogram({
      name: 'heddle_reconciler_sync_seconds',
      help: 'Duration of reconciler runs, by reconciler',
      labelNames: ['reconciler'],
      buckets: SYNC_BUCKETS,
      registers: [this.registry],
    });
    this.#syncFailures = this.#addSyncFailures();
    this.#addReconcilerAges();
    this.#addWatchAges();
    collectDefaultMetrics({ register: this.registry });
  }

  countSync(reconciler: string, seconds: number, isFailure: boolean): void {
    this.#syncs.observe({ reconciler }, seconds);
    this.#syncFailures.inc({ reconciler }, isFailure ? 1 : 0);
  }

  /** Of every reconciler from the first scrape on: rate() does not see the step from absent to 1. */
  #addSyncFailures(): Counter<'reconciler'> {
    const counter: Counter<'reconciler'> = new Counter({
      name: 'heddle_reconciler_failures_total',
      help: 'Failed runs of reconcilers; each is retried',
      labelNames: ['reconciler'],
      registers: [this.registry],
      collect: () => {
        for (const { name } of this.#figures().reconcilers) counter.inc({ reconciler: name }, 0);
      },
    });
    return counter;
  }

  #addReconcilerAges(): void {
    const gauge: Gauge<'reconciler'> = new Gauge({
      name: 'heddle_reconciler_last_success_age_seconds',
      help: 'Time since the last successful run of a reconciler; absent before the first',
      labelNames: ['reconciler'],
      registers: [this.registry],
      collect: () => {
        for (const { name, lastSuccessAgeSeconds } of this.#figures().reconcilers)
          if (lastSuccessAgeSeconds !== undefined) gauge.set({ reconciler: name }, lastSuccessAgeSeconds);
      },
    });
  }

  #addWatchAges(): void {
    const gauge: Gauge<'watch'> = new Gauge({
      name: 'heddle_source_confirmed_age_seconds',
      help: 'Time since it was last proven that a watch of the source misses no older change; absent before the first proof',
      labelNames: ['watch'],
      registers: [this.registry],
      collect: () => {
        for (const { name, confirmedAgeSeconds } of this.#figures().watches)
          if (confirmedAgeSeconds !== undefined) gauge.set({ watch: name }, confirmedAgeSeconds);
      },
    });
  }

  #addMaps(): void {
    const gauge = (name: string, help: string, value: (usage: MapUsage) => number | undefined): void => {
      const one: Gauge<'map'> = new Gauge({
        ...{ name, help, labelNames: ['map'], registers: [this.registry] },
        collect: async () => {
          for (const usage of await this.#mapUsages())
            if (usage.entries !== undefined) one.set({ map: usage.name }, value(usage) ?? 0);
        },
      });
    };
    gauge('heddle_map_entries', 'Entries of a BPF map', ({ entries }) => entries);
    gauge('heddle_map_max_entries', 'Capacity of a BPF map, entries', ({ maxEntries }) => maxEntries);
    this.#addConntrack();
  }

  #addConntrack(): void {
    const counter: Counter<'reason'> = new Counter({
      name: 'heddle_conntrack_evictable_total',
      help: 'Assured flows that stayed evictable, by reason: hd_ct was full (map_full), or an end had its share of it (over_share)',
      labelNames: ['reason'],
      registers: [this.registry],
      collect: () => {
        const { maps } = this.#figures();
        const room = maps === undefined ? undefined : readConntrackUsage(maps);
        counter.reset();
        counter.inc({ reason: 'map_full' }, room?.tableFull ?? 0);
        counter.inc({ reason: 'over_share' }, room?.overShare ?? 0);
      },
    });
  }

  /** Cached for `COUNT_MS`. */
  #mapUsages(): Promise<readonly MapUsage[]> {
    if (performance.now() - this.#countedAtMs >= COUNT_MS) {
      this.#countedAtMs = performance.now();
      this.#usages = this.#countMaps();
    }
    return this.#usages;
  }

  /** One map per tick of the event loop: counting a full map takes 100 ms, and ADDs wait for it. */
  async #countMaps(): Promise<readonly MapUsage[]> {
    const usages: MapUsage[] = [];
    for (const name of MAP_NAMES) {
      await setImmediate();
      const { maps } = this.#figures(); // an upgrade may have replaced them meanwhile
      if (maps !== undefined) usages.push(mapUsage(maps, name));
    }
    return usages;
  }

  #addDaemon(): void {
    const info = new Gauge({
      name: 'heddle_build_info',
      help: 'Always 1; the label is the version of the daemon',
      labelNames: ['version'],
      registers: [this.registry],
    });
    info.set({ version: this.#figures().version }, 1);
    this.#gauge('heddle_ready', '1 if a pod added now would work, else 0', ({ ready }) => (ready ? 1 : 0));
    addConditions(this.registry, this.#figures);
    this.#gauge('heddle_problems', "Problems in 'heddlectl status'", ({ problems }) => problems);
    this.#counter(
      'heddle_changes_applied_total',
      'Changes that the reconcilers have made to the machine',
      () => this.#figures().changes,
    );
  }

  #addCluster(): void {
    this.#gauge('heddle_local_pods', 'Pods of this node', ({ localPods }) => localPods);
    this.#gauge('heddle_remote_pods', 'Pods of other nodes', ({ remotePods }) => remotePods);
    this.#gauge('heddle_nodes', 'Nodes of the cluster, this one included', ({ nodes }) => nodes);
    this.#gauge(
      'heddle_policies',
      'NetworkPolicies and ClusterNetworkPolicies of the cluster',
      ({ policies }) => policies,
    );
  }

  #gauge(name: string, help: string, value: (figures: NodeFigures) => number): void {
    const gauge: Gauge = new Gauge({
      ...{ name, help, registers: [this.registry] },
      collect: () => gauge.set(value(this.#figures())),
    });
  }

  #counter(name: string, help: string, value: () => number): void {
    const counter: Counter = new Counter({
      ...{ name, help, registers: [this.registry] },
      collect: () => {
        counter.reset();
        counter.inc(value());
      },
    });
  }
}
