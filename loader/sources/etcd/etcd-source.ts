// The etcd source: Heddle without Kubernetes. Nodes take their pod CIDRs, register themselves, and read the same objects.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EtcdClient } from 'etcd';
import { HeddleError } from '../../errors.ts';
import type { Addr } from 'ip';
import { type ClusterState, type PodKey, type PodAddresses } from '../../model/objects.ts';
import { Backoff, type BackoffLimits } from '../../async/backoff.ts';
import { KeyedMutex } from '../../async/keyed-mutex.ts';
import { ClusterFeed, type ClusterReading } from '../feed.ts';
import { Publication } from '../publication.ts';
import { ProofsOfLife } from '../proofs-of-life.ts';
import type { PublishedPod, Source, SourceListener, WatchLiveness } from '../source.ts';
import { claimPlace, type NodePlace } from './claim.ts';
import { connect, reasonOf, type EtcdOptions } from './connection.ts';
import { disconnectedSentences, EtcdProblems } from './etcd-problems.ts';
import { EtcdObjects } from './etcd-objects.ts';
import { keysBelow, sectionOf, type Keys } from './keys.ts';
import { nodeObjectText } from './node-object.ts';
import { NodeRegistration } from './node-registration.ts';
import { OwnKeyWatch } from './own-keys.ts';
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

const BACKOFF: BackoffLimits = { firstMs: 250, maxMs: 10_000 };
const GATHER_MS = 20;
const RESYNC_MS = 5_000;
/** The client ends a watch that is silent for half of it. */
const MAX_SILENCE_MS = 30_000;
/** Sections whose values are objects. */
const OBJECT_SECTIONS: ReadonlySet<string> = new Set(['objects', 'pods']);

export class EtcdSource implements Source {
  readonly #options: EtcdSourceOptions;
  readonly #backoff: BackoffLimits;
  readonly #keys: Keys;
  readonly #ownNodeKey: string;
  readonly #objects: EtcdObjects;
  readonly #feed: ClusterFeed;
  readonly #publication: Publication;
  readonly #problems: EtcdProblems;
  readonly #proofs: ProofsOfLife;
  readonly #writes = new KeyedMutex();
  /** Keys of nodes whose daemon holds its lease. */
  readonly #alive = new Set<string>();
  readonly #stop = new AbortController();
  #etcd: EtcdClient | undefined;
  #watcher: PrefixWatcher | undefined;
  #registration: NodeRegistration | undefined;
  #ownKeys: OwnKeyWatch | undefined;
  #podCidrs: NodePlace['podCidrs'] = [];
  #resyncs: NodeJS.Timeout | undefined;

  constructor(options: EtcdSourceOptions) {
    const { nodeName, onDelay } = options;
    this.#options = options;
    this.#backoff = options.backoff ?? BACKOFF;
    this.#keys = keysBelow(options.prefix);
    this.#ownNodeKey = this.#keys.object('Node', { name: nodeName });
    this.#objects = new EtcdObjects(options.memory);
    this.#feed = new ClusterFeed({
      gatherMs: options.gatherMs ?? GATHER_MS,
      read: previous => this.#read(previous),
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

  /** Waits for etcd as long as it takes: what is pinned goes on meanwhile. */
  async start(listener: SourceListener): Promise<void> {
    const etcd = (this.#etcd = connect(this.#options));
    const place = await this.#claim(etcd);
    this.#podCidrs = place.podCidrs;
    await this.#register(etcd, place);
    this.#refuseIfStopped();
    this.#watcher = new PrefixWatcher({
      ...{ etcd, prefix: this.#options.prefix, backoff: this.#backoff },
      listener: {
        onSnapshot: entries => this.#replace(entries),
        onChanges: changes => this.#change(changes),
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
    this.#proofs[Symbol.dispose]();
    this.#registration?.stop();
    await this.#watcher?.stop();
    this.#etcd?.close(); // what is being written rejects
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
      throw new HeddleError('NOT_READY', 'stopped before etcd had told everything');
  }

  async #claim(etcd: EtcdClient): Promise<NodePlace> {
    const backoff = new Backoff(this.#backoff);
    for (;;) {
      try {
        const place = await claimPlace(etcd, this.#keys, this.#options.nodeName);
        this.#problems.disconnected(undefined);
        return place;
      } catch (error) {
        if (error instanceof HeddleError && error.code === 'INVALID_CONFIG') throw error;
        this.#refuseIfStopped();
        this.#problems.disconnected(reasonOf(error));
        await sleep(backoff.next(), undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }

  /** A first attempt that fails is a problem and no obstacle: what etcd says of the cluster can be read. */
  async #register(etcd: EtcdClient, place: NodePlace): Promise<void> {
    const { nodeName, leaseSeconds } = this.#options;
    const ownKeys = (this.#ownKeys = new OwnKeyWatch(this.#keys, nodeName, place.slot));
    this.#registration = new NodeRegistration({
      ...{ etcd, keys: this.#keys, nodeName, leaseSeconds, backoff: this.#backoff, place },
      stored: () => ownKeys.stored,
      nodeText: () => this.#nodeText(),
      onProblem: reason => this.#problems.unregistered(reason),
    });
    await this.#registration.start();
  }

  #nodeText(): string | undefined {
    return nodeObjectText(this.#options, this.#podCidrs);
  }

  #replace(entries: ReadonlyMap<string, string>): void {
    this.#objects.keepOnly(entries);
    this.#alive.clear();
    this.#ownKeys?.replace(entries);
    this.#change([...entries]);
    this.#putOwnNode();
    this.#registration?.check();
    void this.#publication.write();
  }

  #change(changes: readonly (readonly [key: string, text: string | undefined])[]): void {
    for (const [key, text] of changes) this.#take(key, text);
    this.#feed.request();
    const own = this.#keys.podsOf(this.#options.nodeName);
    if (changes.some(([key]) => key.startsWith(own))) void this.#publication.write();
    const areOwn = changes.map(([key, text]) => this.#ownKeys?.change(key, text) === true);
    if (areOwn.includes(true)) this.#registration?.check();
  }

  /** This node knows better than etcd what it is, also while etcd has lost it. */
  #putOwnNode(): void {
    const text = this.#nodeText();
    if (text !== undefined) this.#objects.put(this.#ownNodeKey, text);
    this.#feed.request();
  }

  #take(key: string, text: string | undefined): void {
    const section = sectionOf(this.#options.prefix, key);
    if (section === 'alive') {
      if (text === undefined) this.#alive.delete(key);
      else this.#alive.add(key);
    } else if (OBJECT_SECTIONS.has(section)) {
      const known = key === this.#ownNodeKey ? (this.#nodeText() ?? text) : text;
      if (known === undefined) this.#objects.delete(key);
      else this.#objects.put(key, known);
    }
  }

  async #writePods(pods: ReadonlyMap<PodKey, PodAddresses>): Promise<void> {
    const own = this.#keys.podsOf(this.#options.nodeName);
    if (this.#etcd === undefined || this.#stop.signal.aborted) return;
    try {
      await writePublished(this.#etcd, publishedTexts(pods, own), this.#objects.textsBelow(own));
    } catch (cause) {
      throw new HeddleError('IO', reasonOf(cause), { cause });
    }
  }

  /** For what etcd does not notify of: the node's own addresses, and writes that failed. */
  #resync(): void {
    if (this.#publication.hasFailed) void this.#publication.write();
    this.#putOwnNode();
    this.#registration?.check();
  }

  #read(previous: ClusterState): ClusterReading {
    const { nodeName } = this.#options;
    const isAlive = (node: string): boolean => node === nodeName || this.#alive.has(this.#keys.alive(node));
    const { state, problems } = this.#objects.cluster(previous, isAlive);
    const expired = [...state.nodes.keys()].filter(node => !isAlive(node));
    return { state, problems: [...disconnectedSentences(expired), ...problems] };
  }
}
