// Serves a watch: everything as it is, SYNCED, then every change, as fast as the reader takes it.
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { changes, type Change } from './changes.ts';

/** What is watched, and how it is told. */
export interface Watched<View, Event> {
  /** All there is now, by a key that stays the same for as long as the thing does. */
  snapshot(): ReadonlyMap<string, View>;
  onChange(listener: () => void): () => void;
  eventOf(change: Change<View>): Event;
  /** Told once everything has been told; undefined: nothing is said. */
  readonly synced: Event | undefined;
}

/** Changes that come closer together are told as one: a pod's addresses come in one burst. */
const GATHER_MS = 20;

/**
 * Ends when the call does. A slow reader holds back only itself: what it has not read yet is never queued, it is the
 * difference between what it was told and what is.
 */
export async function watch<View extends object, Event>(
  call: ServerWritableStream<object, Event>,
  watched: Watched<View, Event>,
): Promise<void> {
  const gone = new AbortController();
  const end = () => gone.abort();
  for (const event of ['cancelled', 'close', 'error'] as const) call.once(event, end);
  const news = new News();
  const unsubscribe = watched.onChange(() => news.arrive());
  try {
    await tellAll({ call, news, signal: gone.signal }, watched);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    unsubscribe();
  }
}

interface Reader<Event> {
  readonly call: ServerWritableStream<object, Event>;
  readonly news: News;
  /** Aborts when the reader is gone. */
  readonly signal: AbortSignal;
}

async function tellAll<View extends object, Event>(
  reader: Reader<Event>,
  watched: Watched<View, Event>,
): Promise<never> {
  const known = new Map<string, View>();
  for (let isFirst = true; ; isFirst = false) {
    for (const change of changes(known, watched.snapshot())) await tell(reader, watched.eventOf(change));
    if (isFirst && watched.synced !== undefined) await tell(reader, watched.synced);
    await reader.news.next(reader.signal);
    await delay(GATHER_MS, undefined, { signal: reader.signal });
  }
}

async function tell<Event>({ call, signal }: Reader<Event>, event: Event): Promise<void> {
  signal.throwIfAborted();
  if (!call.write(event)) await once(call, 'drain', { signal });
}

/** Remembers that something happened, however often, until somebody asks. */
class News {
  readonly #bell = new EventEmitter();
  #isThere = false;

  arrive(): void {
    this.#isThere = true;
    this.#bell.emit('ring');
  }

  async next(signal: AbortSignal): Promise<void> {
    if (!this.#isThere) await once(this.#bell, 'ring', { signal });
    this.#isThere = false;
  }
}
