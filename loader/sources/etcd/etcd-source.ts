// The etcd source: Heddle without Kubernetes. Nodes take their pod CIDRs, register themselves, and read the same objects.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EtcdClient } from 'etcd';
import { HeddleError } from '../../errors.ts';
import type { Addr } from 'ip';
import type { PodAddresses, PodKey } from '../../model/objects.ts';
import { Backoff, type BackoffLimits } from '../../async/backoff.ts';
import { KeyedMutex } from '../../async/keyed-mutex.ts';
import { ClusterFeed } from '../feed.ts';
import { Publication } from '../publication.ts';
import { ProofsOfLife } from '../proofs-of-life.ts';
import type { PublishedPod, Source, SourceListener, WatchLiveness } from '../source.ts';
import { GRACE } from '../vanished-nodes.ts';
import { claimPlace, type NodePlace } from './claim.ts';
import { connect, reasonOf, type EtcdOptions } from './connection.ts';
import { EtcdCluster, type KeyChange } from './etcd-cluster.ts';
import { EtcdProblems } from './etcd-problems.ts';
import { keysBelow, type Keys } from './keys.ts';
import { nodeObjectText } from './node-object.ts';
import { NodeRegistration, type NodeRegistrationOptions } from './node-registration.ts';
import { PrefixWatcher } from './prefix-watcher.ts';
import { publishedTexts, writePublished } from './published-pods.ts';

export interface EtcdSourceOptions extends EtcdOptions {
  readonly nodeName: string;
  readonly leaseSeconds: number;
  /** File that keeps, across restarts, what broken keys said before they broke; absent: a restart forgets it. */
  readonly memory?: string;
  /** What this node can be reached by, in order of preference. */
  readonly addresses: () => readonly Addr[];
  /** Those that its overlay device has from before. */
  readonly heldAddresses: () => readonly Addr[];
  /** Etcd does not know this node, which had a place in the cluster before: called before the first state. */
  readonly onForgotten?: () => void;
  /** Why there is no first state yet. */
  readonly onDelay: (sentence: string) => void;
  /** How long changes are gathered. */
  readonly gatherMs?: number;
  /** How long counts what other nodes have written of themselves and etcd has lost. */
  readonly holdMs?: number;
  readonly backoff?: BackoffLimits;
}

const BACKOFF: BackoffLimits = { firstMs: 250, maxMs: 10_000 };
const GATHER_MS = 20;
const RESYNC_MS = 5_000;
const REPUBLISH_MS = 500;
/** The client ends a watch that is silent for half of it. */
const MAX_SILENCE_MS = 30_000;
/** Within it every daemon has connected anew, and written its keys again; one that was deleted is gone on purpose. */
const HOLD_MS = 30_000;

export class EtcdSource implements Source {
  readonly #options: EtcdSourceOptions;
  readonly #backoff: BackoffLimits;
  readonly #keys: Keys;
  readonly #feed: ClusterFeed;
  readonly #publication: Publication;
  readonly #problems: EtcdProblems;
  readonly #proofs: ProofsOfLife;
  readonly #writes = new KeyedMutex();
  readonly #stop = new AbortController();
  #etcd: EtcdClient | undefined;
  /** Undefined: this node has no place in it yet. */
  #cluster: EtcdCluster | undefined;
  #watcher: PrefixWatcher | undefined;
  #registration: NodeRegistration | undefined;
  #resyncs: NodeJS.Timeout | undefined;
  #republication: NodeJS.Timeout | undefined;

  constructor(options: EtcdSourceOptions) {
    const { nodeName, onDelay } = options;
    this.#options = options;
    this.#backoff = options.backoff ?? BACKOFF;
    this.#keys = keysBelow(options.prefix);
    this.#feed = new ClusterFeed({
      gatherMs: options.gatherMs ?? GATHER_MS,
      read: previous => this.#cluster?.read(previous) ?? { state: previous, problems: [] },
      grace: {
        ...{ nodeName, ...GRACE, othersMs: options.holdMs ?? HOLD_MS },
        isDeleted: node => this.#cluster?.isDeleted(node) === true,
      },
      onDelay,
    });
    const server = `etcd (${options.endpoints})`;
    this.#problems = new EtcdProblems(server, (topic, ...sentences) => this.#feed.note(topic, ...sentences));
    this.#proofs = new ProofsOfLife({
      ...{ names: [options.prefix], server, maxSilenceMs: MAX_SILENCE_MS },
      onProblem: (...sentences) => this.#problems.silent(sentences),
    });
    this.#publication = new Publication({
      ...{ nodeName, destination: server, mutex: this.#writes },
      write: pods => this.#writePods(pods),
      onProblem: (...sentences) => this.#feed.note('publication', ...sentences),
    });
  }

  /** Waits for etcd, and for a place in the cluster, as long as it takes: what is pinned goes on meanwhile. */
  async start(listener: SourceListener): Promise<void> {
    const etcd = (this.#etcd = connect(this.#options));
    const place = await this.#claim(etcd);
    if (place.isForgotten) this.#options.onForgotten?.();
    const nodeText = (): string | undefined => nodeObjectText(this.#options, place.podCidrs);
    const cluster = (this.#cluster = this.#openCluster(place, nodeText));
    await this.#register({ etcd, place, nodeText, stored: () => cluster.own.stored });
    this.#refuseIfStopped();
    this.#watcher = new PrefixWatcher({
      ...{ etcd, prefix: this.#options.prefix, backoff: this.#backoff },
      listener: {
        onSnapshot: (entries, isOther) => this.#replace(cluster, entries, isOther),
        onChanges: changes => this.#change(cluster, changes),
        onDisconnected: reason => this.#problems.disconnected(reason),
        onAlive: atMs => this.#proofs.confirm(this.#options.prefix, atMs),
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
    clearTimeout(this.#republication);
    this.#proofs[Symbol.dispose]();
    this.#registration?.stop();
    this.#cluster?.[Symbol.dispose]();
    this.#etcd?.close(); // an etcd that hangs holds up nothing
    await this.#watcher?.stop();
    await this.#writes.runExclusive(() => Promise.resolve());
  }

  publish(pods: ReadonlyMap<PodKey, PublishedPod>): Promise<void> {
    return this.#publication.publish(pods);
  }

  watches(): readonly WatchLiveness[] {
    return this.#proofs.watches();
  }

  /** A `start` that resolved would say that the cluster is empty. */
  #refuseIfStopped(): void {
    if (this.#stop.signal.aborted)
      throw new HeddleError('NOT_READY', 'stopped before etcd had sent its state');
  }

  async #claim(etcd: EtcdClient): Promise<NodePlace> {
    const backoff = new Backoff(this.#backoff);
    for (;;) {
      try {
        const place = await claimPlace(etcd, this.#keys, {
          node: this.#options.nodeName,
          heldAddresses: this.#options.heldAddresses(),
        });
        this.#problems.disconnected(undefined);
        this.#problems.withoutPlace(undefined);
        return place;
      } catch (error) {
        if (error instanceof HeddleError && error.code === 'INVALID_CONFIG') throw error;
        this.#refuseIfStopped();
        const isReached = error instanceof HeddleError && error.code === 'NOT_READY';
        this.#problems.withoutPlace(isReached ? error.message : undefined);
        this.#problems.disconnected(isReached ? undefined : reasonOf(error));
        await sleep(backoff.next(), undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }

  #openCluster({ slot }: NodePlace, nodeText: () => string | undefined): EtcdCluster {
    const { prefix, nodeName, memory, holdMs = HOLD_MS } = this.#options;
    return new EtcdCluster({
      ...{ keys: this.#keys, prefix, nodeName, slot, nodeText, holdMs },
      ...(memory !== undefined && { memory }),
      onChange: () => this.#feed.request(),
    });
  }

  /** A first attempt that fails is a problem and no obstacle: what etcd says of the cluster can be read. */
  async #register(
    options: Pick<NodeRegistrationOptions, 'etcd' | 'place' | 'nodeText' | 'stored'>,
  ): Promise<void> {
    const { nodeName, leaseSeconds } = this.#options;
    this.#registration = new NodeRegistration({
      ...options,
      ...{ keys: this.#keys, nodeName, leaseSeconds, backoff: this.#backoff },
      onProblem: reason => this.#problems.unregistered(reason),
      onConflict: other => this.#problems.conflict(nodeName, other),
    });
    await this.#registration.start();
  }

  /** Everything is compared: this node's own keys may be lost. */
  #replace(cluster: EtcdCluster, entries: ReadonlyMap<string, string>, isOther: boolean): void {
    cluster.replace(entries, isOther);
    this.#feed.request();
    this.#registration?.check();
    void this.#publication.write();
  }

  #change(cluster: EtcdCluster, changes: readonly KeyChange[]): void {
    cluster.change(changes);
    this.#feed.request();
    this.#registration?.check();
    const own = this.#keys.podsOf(this.#options.nodeName);
    if (changes.some(([key]) => key.startsWith(own))) this.#republish();
  }

  /** What is published is there, also after another client has changed it: a daemon of this node's name elsewhere does so for ever. */
  #republish(): void {
    this.#republication ??= setTimeout(() => {
      this.#republication = undefined;
      void this.#publication.write();
    }, REPUBLISH_MS).unref();
  }

  async #writePods(pods: ReadonlyMap<PodKey, PodAddresses>): Promise<void> {
    const own = this.#keys.podsOf(this.#options.nodeName);
    if (this.#etcd === undefined || this.#cluster === undefined || this.#stop.signal.aborted) return;
    try {
      await writePublished(this.#etcd, publishedTexts(pods, own), this.#cluster.publishedBelow(own));
    } catch (cause) {
      throw new HeddleError('IO', reasonOf(cause), { cause });
    }
  }

  /** For what etcd does not notify of: the node's own addresses, and writes that failed. */
  #resync(): void {
    if (this.#publication.hasFailed) void this.#publication.write();
    this.#cluster?.putOwnNode();
    this.#feed.request();
    this.#registration?.check();
  }
}
