// Watches everything below a prefix: a snapshot, then each change; again from a snapshot when changes were missed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Etcd3, IWatchResponse, Watcher } from 'etcd3';
import { messageOf } from '../../errors.ts';
import { Backoff, type BackoffLimits } from '../../async/backoff.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

export interface PrefixListener {
  /** All there is: what is not among them is gone. */
  onSnapshot(entries: Snapshot['entries']): void;
  /** In order; an absent value: the key is gone. */
  onChanges(changes: readonly (readonly [key: string, value: string | undefined])[]): void;
  /** Why etcd does not answer at present; undefined: it does. */
  onDisconnected(reason: string | undefined): void;
}

export interface PrefixWatcherOptions {
  readonly etcd: Etcd3;
  readonly prefix: string;
  readonly listener: PrefixListener;
  readonly backoff: BackoffLimits;
}

export class PrefixWatcher {
  readonly #options: PrefixWatcherOptions;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: PrefixWatcherOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.backoff);
  }

  /** Resolves when the listener has the first snapshot, or `stop` was called. */
  start(): Promise<void> {
    return new Promise(resolve => {
      this.#stop.signal.addEventListener('abort', () => resolve());
      this.#loop = this.#run(resolve);
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
    const { etcd, prefix, listener } = this.#options;
    while (!this.#isStopped()) {
      try {
        const { entries, revision } = await readSnapshot(etcd, prefix);
        if (this.#isStopped()) return;
        listener.onDisconnected(undefined);
        listener.onSnapshot(entries);
        onFirst();
        this.#backoff.reset();
        await this.#watch(revision);
      } catch (error) {
        if (this.#isStopped()) return;
        listener.onDisconnected(messageOf(error));
        await sleep(this.#backoff.next(), undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }

  /** Rejects when changes may have been missed: the revision was compacted, or etcd ended the watch. */
  async #watch(revision: bigint): Promise<void> {
    const { etcd, prefix, listener } = this.#options;
    const watcher = etcd
      .watch()
      .prefix(`${prefix}/`)
      .startRevision(String(revision + 1n))
      .watcher();
    watcher.on('data', answer => listener.onChanges(changesOf(answer)));
    watcher.on('disconnected', error => listener.onDisconnected(error.message));
    watcher.on('connected', () => listener.onDisconnected(undefined));
    await ended(watcher, this.#stop.signal);
  }
}

async function ended(watcher: Watcher, stop: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    watcher.on('error', reject);
    watcher.on('end', resolve);
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  if (stop.aborted)
    await Promise.race([
      watcher.cancel().catch(() => undefined),
      sleep(CANCEL_MS, undefined, { ref: false }),
    ]);
}

/** An etcd that does not answer does not confirm the end of a watch. */
const CANCEL_MS = 200;

function changesOf(answer: IWatchResponse): [string, string | undefined][] {
  return answer.events.map(({ type, kv }) => [
    kv.key.toString(),
    type === 'Put' ? kv.value.toString() : undefined,
  ]);
}
