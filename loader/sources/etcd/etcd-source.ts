// The etcd source: Heddle without Kubernetes. Nodes take their pod CIDRs, register themselves, and read the same objects.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Etcd3 } from 'etcd3';
import { HeddleError, messageOf } from '../../errors.ts';
import type { Addr } from 'ip';
import { type ClusterState, type PodKey, type PodAddresses } from '../../model/objects.ts';
import { Backoff, type BackoffLimits } from '../../async/backoff.ts';
import { KeyedMutex } from '../../async/keyed-mutex.ts';
import { ClusterFeed, type ClusterReading } from '../feed.ts';
import { oneLine, outageAfter, unreachableSentence, type Outage } from '../outage.ts';
import { Publication } from '../publication.ts';
import type { PublishedPod, Source, SourceListener, WatchLiveness } from '../source.ts';
import { claimPodCidrs } from './claim.ts';
import { connect, type EtcdOptions } from './connection.ts';
import { EtcdObjects } from './etcd-objects.ts';
import { keysBelow, sectionOf, type Keys } from './keys.ts';
import { NodeRegistration } from './node-registration.ts';
import { PrefixWatcher } from './prefix-watcher.ts';
import { publishedTexts, writePublished } from './published-pods.ts';

export interface EtcdSourceOptions extends EtcdOptions {
  readonly nodeName: string;
  readonly leaseSeconds: number;
  /** File that keeps, across restarts, what broken keys said before they broke; absent: a restart forgets it. */
  readonly memory?: string;
  /** What this node can be reached by, in order of preference. */
  readonly addresses: () => readonly Addr[];
  /** Why there is no first state yet. */
  readonly onDelay: (sentence: string) => void;
  /** How long changes are gathered. */
  readonly gatherMs?: number;
  readonly backoff?: BackoffLimits;
}

const BACKOFF: BackoffLimits = { firstMs: 250, maxMs: 30_000 };
const GATHER_MS = 20;
const RESYNC_MS = 5_000;
/** Thousands of nodes may be without a lease at once. */
const MAX_NAMED = 5;
/** Sections whose values are objects. */
const OBJECT_SECTIONS: ReadonlySet<string> = new Set(['objects', 'pods']);

export class EtcdSource implements Source {
  readonly #options: EtcdSourceOptions;
  readonly #backoff: BackoffLimits;
  readonly #keys: Keys;
  readonly #objects: EtcdObjects;
  readonly #feed: ClusterFeed;
  readonly #publication: Publication;
  readonly #writes = new KeyedMutex();
  /** Keys of nodes whose daemon holds its lease. */
  readonly #alive = new Set<string>();
  readonly #stop = new AbortController();
  #etcd: Etcd3 | undefined;
  #watcher: PrefixWatcher | undefined;
  #registration: NodeRegistration | undefined;
  #disconnected: Outage<string> | undefined;
  #leaseLost: Outage<string> | undefined;
  #resyncs: NodeJS.Timeout | undefined;

  constructor(options: EtcdSourceOptions) {
    const { nodeName, onDelay } = options;
    this.#options = options;
    this.#backoff = options.backoff ?? BACKOFF;
    this.#keys = keysBelow(options.prefix);
    this.#objects = new EtcdObjects(options.memory);
    this.#feed = new ClusterFeed({
      gatherMs: options.gatherMs ?? GATHER_MS,
      read: previous => this.#read(previous),
      onDelay,
    });
    this.#publication = new Publication({
      ...{ nodeName, destination: `etcd (${options.endpoints})`, mutex: this.#writes },
      write: pods => this.#writePods(pods),
      onProblem: (...sentences) => this.#feed.note('publication', ...sentences),
    });
  }

  /** Waits for etcd as long as it takes: what is pinned goes on meanwhile. */
  async start(listener: SourceListener): Promise<void> {
    const etcd = await connect(this.#options);
    this.#etcd = etcd;
    await this.#register(etcd);
    this.#refuseIfStopped();
    this.#watcher = new PrefixWatcher({
      ...{ etcd, prefix: this.#options.prefix, backoff: this.#backoff },
      listener: {
        onSnapshot: entries => this.#replace(entries),
        onChanges: changes => this.#change(changes),
        onDisconnected: reason => this.#noteDisconnected(reason),
      },
    });
    await this.#watcher.start();
    this.#refuseIfStopped();
    this.#feed.open(listener);
    this.#resyncs = setInterval(() => this.#resync(), RESYNC_MS).unref();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#feed.close();
    clearInterval(this.#resyncs);
    this.#registration?.stop();
    await this.#watcher?.stop();
    await this.#writes.runExclusive(() => Promise.resolve());
    this.#etcd?.close();
  }

  publish(pods: ReadonlyMap<PodKey, PublishedPod>): Promise<void> {
    return this.#publication.publish(pods);
  }

  /** etcd3 has no way to ask a watch for its progress. */
  watches(): readonly WatchLiveness[] {
    return [];
  }

  /** A `start` that resolved would say that the cluster is empty. */
  #refuseIfStopped(): void {
    if (this.#stop.signal.aborted)
      throw new HeddleError('NOT_READY', 'stopped before etcd had told everything');
  }

  async #register(etcd: Etcd3): Promise<void> {
    const { nodeName, leaseSeconds, addresses } = this.#options;
    const backoff = new Backoff(this.#backoff);
    const registration = new NodeRegistration({
      ...{ etcd, keys: this.#keys, nodeName, leaseSeconds, addresses, backoff: this.#backoff },
      onLeaseLost: reason => this.#noteLease(reason),
    });
    this.#registration = registration;
    while (!this.#stop.signal.aborted) {
      try {
        await registration.register(await claimPodCidrs(etcd, this.#keys, nodeName));
        this.#noteDisconnected(undefined);
        return;
      } catch (error) {
        if (error instanceof HeddleError && error.code === 'INVALID_CONFIG') throw error;
        this.#noteDisconnected(messageOf(error));
        await sleep(backoff.next(), undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }

  #replace(entries: ReadonlyMap<string, string>): void {
    this.#objects.keepOnly(entries);
    this.#alive.clear();
    this.#change([...entries]);
  }

  #change(changes: readonly (readonly [key: string, text: string | undefined])[]): void {
    for (const [key, text] of changes) this.#take(key, text);
    this.#feed.request();
    const own = this.#keys.podsOf(this.#options.nodeName);
    if (changes.some(([key]) => key.startsWith(own))) void this.#publication.write();
  }

  #take(key: string, text: string | undefined): void {
    const section = sectionOf(this.#options.prefix, key);
    if (section === 'alive') {
      if (text === undefined) this.#alive.delete(key);
      else this.#alive.add(key);
    } else if (OBJECT_SECTIONS.has(section)) {
      if (text === undefined) this.#objects.delete(key);
      else this.#objects.put(key, text);
    }
  }

  async #writePods(pods: ReadonlyMap<PodKey, PodAddresses>): Promise<void> {
    const own = this.#keys.podsOf(this.#options.nodeName);
    if (this.#etcd === undefined || this.#stop.signal.aborted) return;
    await writePublished(this.#etcd, publishedTexts(pods, own), this.#objects.textsBelow(own));
  }

  /** For what etcd does not notify of: the node's own addresses, and writes that failed. */
  #resync(): void {
    if (this.#publication.hasFailed) void this.#publication.write();
    try {
      const key = this.#keys.object('Node', { name: this.#options.nodeName });
      this.#registration?.resync(this.#objects.textAt(key));
    } catch {
      // there is no uplink to take addresses from, which is the reconciler's problem: the Node stays as it is
    }
  }

  #noteLease(reason: string | undefined): void {
    this.#leaseLost = reason === undefined ? undefined : outageAfter(this.#leaseLost, reason);
    this.#feed.note('lease', ...(this.#leaseLost ? [leaseSentence(this.#leaseLost)] : []));
  }

  /** Before the first state each new reason is reported: a missing password first, then a missing role. */
  #noteDisconnected(reason: string | undefined): void {
    const { endpoints } = this.#options;
    const isSame = (a: string, b: string): boolean => this.#watcher !== undefined || a === b;
    this.#disconnected = reason === undefined ? undefined : outageAfter(this.#disconnected, reason, isSame);
    const outage = this.#disconnected;
    this.#feed.note('connection', ...(outage ? [unreachableSentence(`etcd (${endpoints})`, outage)] : []));
  }

  #read(previous: ClusterState): ClusterReading {
    const isAlive = (node: string): boolean => this.#alive.has(this.#keys.alive(node));
    const { state, problems } = this.#objects.cluster(previous, isAlive);
    const expired = [...state.nodes.keys()].filter(node => !isAlive(node));
    return { state, problems: [...disconnectedSentences(expired), ...problems] };
  }
}

function leaseSentence({ cause, since }: Outage<string>): string {
  return `etcd does not renew this node's lease since ${since.toISOString()} (${oneLine(cause)}): the node goes on by itself`;
}

/** Their routes and pods stay: traffic of a node does not depend on its daemon. */
function disconnectedSentences(nodes: readonly string[]): string[] {
  if (nodes.length === 0) return [];
  const named = nodes.slice(0, MAX_NAMED).join(', ');
  const more = nodes.length > MAX_NAMED ? ` and ${nodes.length - MAX_NAMED} more` : '';
  return [
    `nodes are disconnected, their leases have expired: ${named}${more}: start their daemons, or 'heddlectl cluster delete node NAME' where one is gone for good`,
  ];
}
