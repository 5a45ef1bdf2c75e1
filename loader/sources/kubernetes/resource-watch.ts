// Lists and watches one kind of object, with retries; the store keeps the last received state.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiCall, WatchedResource } from './api-calls.ts';
import type { ApiClient } from './api-client.ts';
import { ApiFailure, failureOf } from './api-failure.ts';
import { isOlderVersion, versionOf } from './object-head.ts';
import type { Listing } from './object-store.ts';
import { readPages, readVersion } from './read-pages.ts';
import { failedAgain, type Standing } from './standings.ts';
import { retryMs, type Timing } from './timing.ts';
import { readWatchEvent } from './watch-event.ts';
import { WatchLength } from './watch-length.ts';

/** What a watch asks of the store of its kind. */
export interface WatchedStore {
  readonly isEmpty: boolean;
  put(raw: unknown): void;
  delete(raw: unknown): void;
  listing(): Listing;
}

export interface ResourceWatchOptions {
  readonly resource: WatchedResource;
  readonly client: ApiClient;
  readonly store: WatchedStore;
  readonly timing: Timing;
  readonly signal: AbortSignal;
  /** Objects or standing have changed. */
  readonly onChange: () => void;
  /** Everything that had happened by now is in the store. */
  readonly onProof: () => void;
  /** Each object as it came; `isListed`: now, not at some time since. */
  readonly onObject?: (raw: unknown, isListed: boolean) => void;
}

/** The moment from which the watch should go on is none that the server can go on from. */
const EXPIRED = new Set([410, 504]);
/** Watches in a row that end at an event that cannot be taken, before a list passes it over. */
const MAX_UNTAKEN = 2;
/** After so many failures in a row a problem is reported. */
const TELLING_INTERRUPTIONS = 2;

export class ResourceWatch {
  readonly #options: ResourceWatchOptions;
  readonly #length: WatchLength;
  /** The first complete list is in the store. */
  readonly synced: Promise<void>;
  #onSynced: () => void = () => undefined;
  #version: string | undefined;
  #newest: string | undefined; // also when no watch goes on from there
  /** A watch from the version has ended: the server may be another one, restored from a backup. */
  #hasWatched = false;
  #failures = 0;
  /** Lists whose version no watch could go on from, in a row. */
  #expiries = 0;
  #untaken = 0;
  #isUnanswered = false;
  #standing: Standing | undefined;
  #absentSinceMs: number | undefined;

  constructor(options: ResourceWatchOptions) {
    this.#options = options;
    this.#length = new WatchLength(options.timing);
    this.synced = new Promise(resolve => (this.#onSynced = resolve));
  }

  /** Why the store may be behind; absent while it is not. */
  get standing(): Standing | undefined {
    return this.#standing;
  }

  /** Resolves after `signal` alone. */
  async run(): Promise<void> {
    while (!this.#isStopped()) {
      const { list, watch } = this.#options.resource;
      let call = list;
      try {
        if (this.#version !== undefined && this.#hasWatched) await this.#compareVersions(this.#version);
        if (this.#version === undefined) await this.#list();
        call = watch;
        if (this.#version !== undefined) await this.#watch(this.#version);
      } catch (error) {
        if (!this.#isStopped()) await this.#fail(call, failureOf(error));
      }
    }
  }

  /**
   * A server that was restored from a backup answers a watch from a version that it does not have yet with silence, for
   * as long as its own versions are lower: only a list shows it.
   */
  async #compareVersions(version: string): Promise<void> {
    const { client, resource } = this.#options;
    if (isOlderVersion(await readVersion(client, resource.list), version)) this.#version = undefined;
  }

  async #list(): Promise<void> {
    const { client, resource, store, timing, onChange } = this.#options;
    const { listing, resourceVersion } = await readPages({
      client,
      call: resource.list,
      pageSize: timing.pageSize,
      listing: () => this.#observed(store.listing()),
    });
    listing.commit(this.#newest !== undefined && isOlderVersion(resourceVersion, this.#newest));
    this.#version = this.#newest = resourceVersion;
    this.#hasWatched = false;
    this.#untaken = 0;
    this.#isAnswered();
    this.#standing = this.#absentSinceMs = undefined;
    this.#prove();
    this.#onSynced();
    onChange();
  }

  /** Returns when the server ends the watch after its timeout. That it has begun proves nothing of what happened since. */
  async #watch(version: string): Promise<void> {
    const { client, resource, timing } = this.#options;
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: version,
      timeoutSeconds: String(this.#length.begin()),
    };
    const lines = await client.watch({ call: resource.watch, query }, timing.quietMs);
    this.#hasWatched = true;
    const beganMs = performance.now();
    const timer = setTimeout(() => this.#works(), timing.steadyMs);
    let [count, isWhole] = [0, false];
    try {
      for await (const line of lines) {
        this.#length.hear();
        this.#take(line);
        this.#works();
        this.#prove();
        count++;
      }
      isWhole = true;
    } finally {
      clearTimeout(timer);
      this.#length.end(isWhole);
    }
    if (count === 0 && performance.now() - beganMs < timing.steadyMs)
      throw new ApiFailure('the watch ended as soon as it had begun', { isInterruption: true });
    this.#prove(); // there was nothing else
  }

  #prove(): void {
    this.#length.prove();
    this.#options.onProof();
  }

  #take(line: string): void {
    const { store, onChange, onObject } = this.#options;
    this.#untaken++;
    const { type, object } = readWatchEvent(line);
    if (type === 'DELETED') store.delete(object);
    else if (type !== 'BOOKMARK' && type !== 'OTHER') {
      store.put(object);
      onObject?.(object, false);
    }
    this.#untaken = 0;
    if (type === 'OTHER') return;
    this.#version = this.#newest = versionOf(object) ?? this.#newest;
    if (type !== 'BOOKMARK') onChange();
  }

  #works(): void {
    this.#failures = this.#expiries = 0;
    if (this.#standing === undefined) return;
    this.#standing = undefined;
    this.#options.onChange();
  }

  async #fail(call: ApiCall, failure: ApiFailure): Promise<void> {
    if (failure.status !== 404) this.#absentSinceMs = undefined;
    else if (this.#isAbsent()) return this.#rest();
    const isExpired = call.verb === 'watch' && EXPIRED.has(failure.status ?? 0);
    // a kind that was deleted can no longer be listed either: the list reports that
    if (isExpired || failure.status === 404 || this.#untaken >= MAX_UNTAKEN) this.#version = undefined;
    const isHarmless = failure.isInterruption && this.#failures < TELLING_INTERRUPTIONS;
    if (!isExpired && !isHarmless) this.#note(call, failure);
    await this.#pause(Math.max(failure.retryAfterMs, this.#pauseMs(failure, isExpired)));
  }

  /** The pauses of an outage end with the first answer. */
  #isAnswered(): void {
    if (this.#isUnanswered) this.#failures = 0;
    this.#isUnanswered = false;
  }

  /** A version that has expired is answered by a list, at once. */
  #pauseMs({ status }: ApiFailure, isExpired: boolean): number {
    const { timing } = this.#options;
    if (status === undefined) this.#isUnanswered = true;
    else this.#isAnswered();
    if (!isExpired) return retryMs(timing, this.#failures++);
    return this.#expiries++ === 0 ? 0 : retryMs(timing, this.#expiries);
  }

  #note(call: ApiCall, failure: ApiFailure): void {
    this.#standing = failedAgain(this.#standing, { call, failure }, this.#options.timing);
    this.#options.onChange();
  }

  /** Servers that are just starting deny kinds that they have: what is known from before is kept for a while. */
  #isAbsent(): boolean {
    const { resource, store, timing } = this.#options;
    if (!resource.mayBeAbsent) return false;
    this.#absentSinceMs ??= performance.now();
    return store.isEmpty || performance.now() - this.#absentSinceMs >= timing.absentMs;
  }

  /** There is no such kind, hence none of its objects. */
  async #rest(): Promise<void> {
    const { store, timing, onChange, onProof } = this.#options;
    store.listing().commit();
    this.#version = undefined;
    this.#standing = this.#absentSinceMs = undefined;
    this.#failures = 0;
    onProof();
    this.#onSynced();
    onChange();
    await this.#pause(timing.absentMs * (0.5 + Math.random() / 2));
  }

  /** An outage is over for all kinds when one of them is answered. */
  async #pause(ms: number): Promise<void> {
    const { client, signal } = this.#options;
    if (this.#isUnanswered) await client.contact.pause(ms, signal);
    // rejects only when stopped, which the loop sees
    else await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  #isStopped(): boolean {
    return this.#options.signal.aborted;
  }

  #observed(listing: Listing): Listing {
    const { onObject } = this.#options;
    if (onObject === undefined) return listing;
    return {
      add: raw => {
        listing.add(raw);
        onObject(raw, true);
      },
      commit: isOther => listing.commit(isOther),
    };
  }
}
