// Watches everything below a prefix: a snapshot, then each change; again from a snapshot when changes were missed.
import { setTimeout as sleep } from 'node:timers/promises';
import { isEtcdError, prefixRange, EtcdError, type EtcdClient, type WatchEvent } from 'etcd';
import { Backoff, type BackoffLimits } from '../../async/backoff.ts';
import { reasonOf } from './connection.ts';
import { historyAt, pointAfter, pointOfSnapshot, type ResumePoint } from './resume-point.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

export interface PrefixListener {
  /** All there is: what is not among them is gone. `isOther`: this etcd has another history than before. May throw, as below. */
  onSnapshot(entries: Snapshot['entries'], isOther: boolean): void;
  /** In order; an absent value: the key is gone. What it throws is reported, and everything is read anew. */
  onChanges(changes: readonly (readonly [key: string, value: string | undefined])[]): void;
  /** Why changes cannot be followed at present; undefined: they are. A watch that is made again at once is not reported. */
  onDisconnected(reason: string | undefined): void;
  /** Changes are followed; everything that had happened at that time (`performance.now()`) is known, or on its way. */
  onAlive(atMs: number): void;
}

export interface PrefixWatcherOptions {
  readonly etcd: EtcdClient;
  readonly prefix: string;
  readonly listener: PrefixListener;
  readonly backoff: BackoffLimits;
}

export class PrefixWatcher {
  readonly #options: PrefixWatcherOptions;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  /** Undefined: a snapshot is needed. */
  #point: ResumePoint | undefined;
  /** Since the last snapshot etcd has been seen with another history, or with what the listener did not take. */
  #isOther = false;
  /** The watch that ended last had worked. */
  #wasAlive = false;

  constructor(options: PrefixWatcherOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.backoff);
  }

  /** Resolves when the listener has the first snapshot, or `stop` was called. */
  start(): Promise<void> {
    return new Promise(resolve => {
      this.#stop.signal.addEventListener('abort', () => resolve());
      this.#loop = this.#run(() => {
        this.#options.listener.onDisconnected(undefined);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #run(onFirst: () => void): Promise<void> {
    let isFirst = true;
    while (!this.#isStopped()) {
      try {
        const point = await this.#synchronize();
        if (isFirst) onFirst();
        isFirst = false;
        await this.#watch(point);
      } catch (error) {
        if (!this.#isStopped()) await this.#failed(error);
      }
    }
  }

  async #synchronize(): Promise<ResumePoint> {
    const { etcd, prefix, listener } = this.#options;
    const point = this.#point;
    if (point !== undefined) {
      const history = await historyAt(etcd, prefix, point);
      if (history === 'same') return point;
      this.#isOther ||= history === 'other';
    }
    const snapshot = await readSnapshot(etcd, `${prefix}/`);
    if (!this.#isStopped()) listener.onSnapshot(snapshot.entries, this.#isOther);
    this.#isOther = false;
    return (this.#point = pointOfSnapshot(snapshot));
  }

  /** Rejects when changes may have been missed. */
  async #watch(point: ResumePoint): Promise<void> {
    const { etcd, prefix, listener } = this.#options;
    // From 3.4.36 and 3.5.18 on, a watch that begins after the present revision gets no progress answers until there is a later one.
    const spec = { range: prefixRange(`${prefix}/`), startRevision: point.revision };
    const onEvents = (sent: readonly WatchEvent[]): void => {
      const events = sent.filter(({ entry }) => entry.modRevision > point.revision); // the others are known
      if (events.length === 0) return;
      listener.onChanges(
        events.map(({ type, entry }) => [entry.key, type === 'put' ? entry.value : undefined]),
      );
      this.#point = pointAfter(events, this.#point ?? point);
    };
    const onAlive = (atMs: number): void => {
      this.#wasAlive = true;
      this.#backoff.reset();
      listener.onDisconnected(undefined);
      listener.onAlive(atMs);
    };
    await etcd.watch(spec, { onEvents, onAlive }, this.#stop.signal);
  }

  /** After a watch that had worked comes a first attempt without a word: members restart, and connections do not last. */
  async #failed(error: unknown): Promise<void> {
    if (!(error instanceof EtcdError) || isEtcdError(error, 'COMPACTED')) this.#point = undefined;
    if (!this.#wasAlive || !(error instanceof EtcdError))
      this.#options.listener.onDisconnected(reasonOf(error));
    this.#wasAlive = false;
    await sleep(this.#backoff.next(), undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}
