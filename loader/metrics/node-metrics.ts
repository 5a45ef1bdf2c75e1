// What a node's daemon tells Prometheus (https://prometheus.io/docs/practices/naming/): base units, read when asked for.
import { setImmediate } from 'node:timers/promises';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { MAP_NAMES, type MapSet } from '../abi/map-set.ts';
import { readConntrackUsage } from '../tables/conntrack-usage.ts';
import { readEventLosses } from '../tables/event-losses.ts';
import { mapUsage, type MapUsage } from '../tables/map-usage.ts';
import { readMetrics } from '../tables/metrics.ts';

/** The daemon at this moment, as far as it is told. */
export interface NodeFigures {
  readonly version: string;
  readonly ready: boolean;
  readonly problems: number;
  readonly changes: number;
  readonly localPods: number;
  readonly remotePods: number;
  readonly nodes: number;
  readonly policies: number;
  readonly reconcilers: readonly { readonly name: string; readonly lastSuccessAgeSeconds?: number }[];
  /** Absent: no programs are loaded yet. */
  readonly maps: MapSet | undefined;
}

/** Maps are counted this seldom. */
const COUNT_MS = 10_000;
/** Seconds: from a run that finds nothing to do, to a first one that loads all programs. */
const SYNC_BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];
/** Seconds: from a command that nothing has to wait for, to an ADD that waits for a pod's object. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export class NodeMetrics {
  readonly registry = new Registry();
  readonly #figures: () => NodeFigures;
  #usages: Promise<readonly MapUsage[]> = Promise.resolve([]);
  #countedAtMs = -Infinity;
  readonly #requests: Histogram<'command' | 'outcome'>;
  readonly #syncs: Histogram<'reconciler'>;
  readonly #syncFailures: Counter<'reconciler'>;

  constructor(figures: () => NodeFigures) {
    this.#figures = figures;
    this.#addDatapath();
    this.#addMaps();
    this.#addDaemon();
    this.#addCluster();
    this.#requests = new Histogram({
      name: 'heddle_cni_request_duration_seconds',
      help: 'Time that the daemon took for a request of the CNI plugin, by its command and outcome (ok, or a CNI error code)',
      labelNames: ['command', 'outcome'],
      buckets: DURATION_BUCKETS,
      registers: [this.registry],
    });
    this.#syncs = new Histogram({
      name: 'heddle_reconciler_sync_seconds',
      help: 'Time that a run of a reconciler took, by its name',
      labelNames: ['reconciler'],
      buckets: SYNC_BUCKETS,
      registers: [this.registry],
    });
    this.#syncFailures = new Counter({
      name: 'heddle_reconciler_failures_total',
      help: 'Runs of a reconciler that failed, and are tried again',
      labelNames: ['reconciler'],
      registers: [this.registry],
    });
    this.#addReconcilerAges();
    collectDefaultMetrics({ register: this.registry });
  }

  /** A request of the plugin has been answered. */
  countRequest(command: string, outcome: string, seconds: number): void {
    this.#requests.observe({ command, outcome }, seconds);
  }

  countSync(reconciler: string, seconds: number, isFailure: boolean): void {
    this.#syncs.observe({ reconciler }, seconds);
    this.#syncFailures.inc({ reconciler }, isFailure ? 1 : 0);
  }

  #addReconcilerAges(): void {
    const gauge: Gauge<'reconciler'> = new Gauge({
      name: 'heddle_reconciler_last_success_age_seconds',
      help: 'Time since the last run of a reconciler that succeeded; absent before the first',
      labelNames: ['reconciler'],
      registers: [this.registry],
      collect: () => {
        for (const { name, lastSuccessAgeSeconds } of this.#figures().reconcilers)
          if (lastSuccessAgeSeconds !== undefined) gauge.set({ reconciler: name }, lastSuccessAgeSeconds);
      },
    });
  }

  #addDatapath(): void {
    const labelNames = ['hook', 'verdict'] as const;
    const packets = new Counter({
      name: 'heddle_packets_total',
      help: 'Packets by the hook that decided on them and its verdict; docs/verdicts.md says what each one means',
      labelNames,
      registers: [this.registry],
      collect: () => {
        packets.reset();
        bytes.reset();
        for (const row of this.#rows()) {
          packets.inc({ hook: row.hook, verdict: row.verdict }, Number(row.packets));
          bytes.inc({ hook: row.hook, verdict: row.verdict }, Number(row.bytes));
        }
      },
    });
    const bytes = new Counter({
      name: 'heddle_bytes_total',
      help: 'Bytes of those packets, from their Ethernet headers on',
      labelNames,
      registers: [this.registry],
    });
    this.#counter(
      'heddle_events_lost_total',
      'Events that nobody was told of, for want of room in the ring',
      () => {
        const { maps } = this.#figures();
        return maps === undefined ? 0 : Number(readEventLosses(maps.hd_event_lost));
      },
    );
  }

  #rows(): ReturnType<typeof readMetrics> {
    const { maps } = this.#figures();
    return maps === undefined ? [] : readMetrics(maps.hd_metrics);
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
    gauge('heddle_map_entries', 'Rows that a BPF map holds', ({ entries }) => entries);
    gauge('heddle_map_max_entries', 'Rows that it has room for', ({ maxEntries }) => maxEntries);
    this.#addConntrack();
  }

  #addConntrack(): void {
    const counter: Counter<'reason'> = new Counter({
      name: 'heddle_conntrack_evictable_total',
      help: 'How often an assured flow stayed evictable: no room in hd_ct, or an end that had its share of it',
      labelNames: ['reason'],
      registers: [this.registry],
      collect: () => {
        const { maps } = this.#figures();
        const room = maps === undefined ? undefined : readConntrackUsage(maps);
        counter.reset();
        counter.inc({ reason: 'no_room' }, room?.tableFull ?? 0);
        counter.inc({ reason: 'over_share' }, room?.overShare ?? 0);
      },
    });
  }

  /** Not counted for every scrape. */
  #mapUsages(): Promise<readonly MapUsage[]> {
    if (performance.now() - this.#countedAtMs >= COUNT_MS) {
      this.#countedAtMs = performance.now();
      this.#usages = this.#countMaps();
    }
    return this.#usages;
  }

  /** A map for each turn of the event loop: counting a full one takes 100 ms, which ADDs wait for. */
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
      help: 'Always 1; the label is the version that runs',
      labelNames: ['version'],
      registers: [this.registry],
    });
    info.set({ version: this.#figures().version }, 1);
    this.#gauge('heddle_ready', '1 if a pod that is added now would work, else 0', ({ ready }) =>
      ready ? 1 : 0,
    );
    this.#gauge('heddle_problems', "Problems that 'heddlectl status' tells", ({ problems }) => problems);
    this.#counter(
      'heddle_changes_applied_total',
      'Changes that reconcile has made to the machine',
      () => this.#figures().changes,
    );
  }

  #addCluster(): void {
    this.#gauge('heddle_local_pods', 'Pods of this node', ({ localPods }) => localPods);
    this.#gauge(
      'heddle_remote_pods',
      'Pods of other nodes that this one knows',
      ({ remotePods }) => remotePods,
    );
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
