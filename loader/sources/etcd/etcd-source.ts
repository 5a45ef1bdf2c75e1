// The etcd source: Heddle without Kubernetes. Nodes take their pod CIDRs, announce themselves, and read the same objects.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Etcd3 } from 'etcd3';
import { HeddleError } from '../../errors.ts';
import type { Addr } from '../../model/addr.ts';
import { emptyCluster, type ClusterState, type PodKey } from '../../model/objects.ts';
import { Backoff, type BackoffLimits } from '../../async/backoff.ts';
import type { PublishedPod, Source, SourceListener } from '../source.ts';
import { Announcement } from './node-registration.ts';
import { claimPodCidrs } from './claim.ts';
import { connect, reasonOf, type EtcdOptions } from './connection.ts';
import { EtcdObjects } from './etcd-objects.ts';
import { Following } from './prefix-watcher.ts';
import { keysBelow, sectionOf, type Keys } from './keys.ts';
import { publishedTexts, writePublished } from './published-pods.ts';

export interface EtcdSourceOptions extends EtcdOptions {
  readonly nodeName: string;
  readonly leaseSeconds: number;
  /** What this node can be reached by, in order of preference. */
  readonly addresses: () => readonly Addr[];
  /** Before the first state there is nobody who could be told otherwise. */
  readonly onDelay: (sentence: string) => void;
  /** How long changes are gathered. */
  readonly settleMs?: number;
  readonly backoff?: BackoffLimits;
}

const BACKOFF: BackoffLimits = { firstMs: 250, mostMs: 30_000 };
const SETTLE_MS = 20;
const UPKEEP_MS = 5_000;
/** A cluster of thousands may be away at once. */
const MOST_NAMED = 5;
/** Telling takes time with the size of the cluster: at most this share of the daemon's goes into it. */
const MOST_TELLING = 0.1;
/** Sections whose values are objects. */
const OBJECT_SECTIONS: ReadonlySet<string> = new Set(['objects', 'pods']);

export class EtcdSource implements Source {
  readonly #options: EtcdSourceOptions;
  readonly #backoff: BackoffLimits;
  readonly #keys: Keys;
  readonly #objects = new EtcdObjects();
  readonly #alive = new Set<string>();
  readonly #stop = new AbortController();
  #etcd: Etcd3 | undefined;
  #following: Following | undefined;
  #announcement: Announcement | undefined;
  #listener: SourceListener | undefined;
  #state: ClusterState = emptyCluster;
  #published: ReadonlyMap<string, string> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #away: { readonly since: Date; readonly reason: string } | undefined;
  #writeProblem: string | undefined;
  #silence: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #upkeep: NodeJS.Timeout | undefined;
  #tellingMs = 0;

  constructor(options: EtcdSourceOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? BACKOFF;
    this.#keys = keysBelow(options.prefix);
  }

  /** Waits for etcd as long as it takes: what is pinned goes on meanwhile. */
  async start(listener: SourceListener): Promise<void> {
    const etcd = await connect(this.#options);
    this.#etcd = etcd;
    await this.#announce(etcd);
    this.#refuseIfStopped();
    this.#following = new Following({
      etcd,
      prefix: this.#options.prefix,
      backoff: this.#backoff,
      listener: {
        replaced: entries => this.#replace(entries),
        changed: changes => this.#change(changes),
        away: reason => this.#noteAway(reason),
      },
    });
    await this.#following.start();
    this.#refuseIfStopped();
    this.#listener = listener;
    this.#tell();
    this.#upkeep = setInterval(() => this.#keepUp(), UPKEEP_MS).unref();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#listener = undefined;
    clearTimeout(this.#timer);
    clearInterval(this.#upkeep);
    this.#announcement?.stop();
    await this.#following?.stop();
    await this.#writing;
    this.#etcd?.close();
  }

  publish(pods: ReadonlyMap<PodKey, PublishedPod>): Promise<void> {
    const { nodeName } = this.#options;
    this.#published = publishedTexts(pods, { nodeName, below: this.#keys.podsOf(nodeName) });
    return this.#write();
  }

  /** Whoever has called `start` must not take it that the cluster is empty. */
  #refuseIfStopped(): void {
    if (this.#stop.signal.aborted)
      throw new HeddleError('NOT_READY', 'stopped before etcd had told everything');
  }

  async #announce(etcd: Etcd3): Promise<void> {
    const { nodeName, leaseSeconds, addresses, onDelay } = this.#options;
    const backoff = new Backoff(this.#backoff);
    const announcement = new Announcement({
      ...{ etcd, keys: this.#keys, nodeName, leaseSeconds, addresses, backoff: this.#backoff },
      onSilence: reason => this.#noteSilence(reason),
    });
    this.#announcement = announcement;
    while (!this.#stop.signal.aborted) {
      try {
        await announcement.make(await claimPodCidrs(etcd, this.#keys, nodeName));
        return;
      } catch (error) {
        if (error instanceof HeddleError && error.code === 'INVALID_CONFIG') throw error;
        onDelay(
          `etcd (${this.#options.endpoints}) cannot be asked, and nothing is changed until it can: ${reasonOf(error)}`,
        );
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
    this.#soon();
    const own = this.#keys.podsOf(this.#options.nodeName);
    if (changes.some(([key]) => key.startsWith(own))) void this.#write();
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

  /** One after the other. What cannot be written is told, and tried again with the next upkeep. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const [etcd, wanted] = [this.#etcd, this.#published];
      if (etcd === undefined || wanted === undefined || this.#stop.signal.aborted) return;
      try {
        await writePublished(
          etcd,
          wanted,
          this.#objects.textsBelow(this.#keys.podsOf(this.#options.nodeName)),
        );
        this.#noteWrite(undefined);
      } catch (error) {
        this.#noteWrite(
          `etcd does not take this node's pods, so that other nodes do not learn of them: ${reasonOf(error)}`,
        );
      }
    });
    return this.#writing;
  }

  /** What nobody announces: the node's own addresses, and writes that failed. */
  #keepUp(): void {
    if (this.#writeProblem !== undefined) void this.#write();
    try {
      this.#announcement?.renew(this.#objects.textAt(this.#keys.object('Node', this.#options.nodeName)));
    } catch {
      // there is no uplink to take addresses from, which the reconciler tells: what was announced stays
    }
  }

  #noteWrite(problem: string | undefined): void {
    const isNew = problem !== this.#writeProblem;
    this.#writeProblem = problem;
    if (isNew) this.#soon();
  }

  #noteSilence(reason: string | undefined): void {
    const isNew = reason !== this.#silence;
    this.#silence = reason;
    if (isNew) this.#soon();
  }

  #noteAway(reason: string | undefined): void {
    if (reason === undefined) this.#away = undefined;
    else this.#away ??= { since: new Date(), reason };
    this.#soon();
  }

  #soon(): void {
    const settleMs = Math.max(this.#options.settleMs ?? SETTLE_MS, this.#tellingMs / MOST_TELLING);
    this.#timer ??= setTimeout(() => this.#tell(), settleMs);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#listener === undefined) return;
    const begun = performance.now();
    const { state, problems } = this.#objects.cluster(this.#state, node =>
      this.#alive.has(this.#keys.alive(node)),
    );
    this.#state = state;
    this.#listener(state, [...this.#ownProblems(), ...this.#silentNodes(), ...problems]);
    this.#tellingMs = performance.now() - begun;
  }

  #ownProblems(): string[] {
    const { endpoints } = this.#options;
    const away =
      this.#away &&
      `etcd (${endpoints}) is away since ${this.#away.since.toISOString()}, and the cluster stays as it was then: ${this.#away.reason}`;
    const silence =
      this.#silence && `etcd does not hear of this node, which goes on by itself: ${this.#silence}`;
    return [away, this.#writeProblem, silence].filter(problem => problem !== undefined);
  }

  /** Their routes and pods stay: a daemon that is away takes nothing from its node's traffic. */
  #silentNodes(): string[] {
    const silent = [...this.#state.nodes.keys()].filter(node => !this.#alive.has(this.#keys.alive(node)));
    if (silent.length === 0) return [];
    const named = silent.slice(0, MOST_NAMED).join(', ');
    const more = silent.length > MOST_NAMED ? ` and ${silent.length - MOST_NAMED} more` : '';
    return [
      `daemons of nodes are not heard of: ${named}${more}: see to them, or 'heddlectl cluster delete node NAME' where one is gone for good`,
    ];
  }
}
