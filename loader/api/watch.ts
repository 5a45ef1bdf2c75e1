// Serves a watch: the current state, SYNCED, then every change, at the speed of the reader.
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { changes, type Change } from './changes.ts';

/** A collection that can be watched, and the encoding of its changes. */
export interface Watched<View, Event> {
  /** All elements by a stable key. */
  snapshot(): ReadonlyMap<string, View>;
  onChange(listener: () => void): () => void;
  eventOf(change: Change<View>): Event;
  /** Sent once after the initial state; undefined: not sent. */
  readonly synced: Event | undefined;
}

/** Changes within this time are sent together: the addresses of a pod change in one burst. */
const GATHER_MS = 20;

/**
 * Ends when the call does. Nothing is queued for a slow reader: the next events are the difference between the state that
 * was sent to it and the current one, so its memory is bounded by the size of the collection.
 */
export async function watch<View extends object, Event>(
  call: ServerWritableStream<object, Event>,
  watched: Watched<View, Event>,
): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  for (const event of ['cancelled', 'close', 'error'] as const) call.once(event, end);
  const changed = new ChangeSignal();
  const unsubscribe = watched.onChange(() => changed.set());
  try {
    await sendChanges({ call, changed, signal: ended.signal }, watched);
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  } finally {
    unsubscribe();
  }
}

interface Subscriber<Event> {
  readonly call: ServerWritableStream<object, Event>;
  readonly changed: ChangeSignal;
  /** Aborts when the call has ended. */
  readonly signal: AbortSignal;
}

async function sendChanges<View extends object, Event>(
  subscriber: Subscriber<Event>,
  watched: Watched<View, Event>,
): Promise<never> {
  const known = new Map<string, View>();
  for (let isFirst = true; ; isFirst = false) {
    for (const change of changes(known, watched.snapshot())) await write(subscriber, watched.eventOf(change));
    if (isFirst && watched.synced !== undefined) await write(subscriber, watched.synced);
    await subscriber.changed.wait(subscriber.signal);
    await delay(GATHER_MS, undefined, { signal: subscriber.signal });
  }
}

async function write<Event>({ call, signal }: Subscriber<Event>, event: Event): Promise<void> {
  signal.throwIfAborted();
  if (!call.write(event)) await once(call, 'drain', { signal });
}

/** An auto-reset event: any number of `set` calls wake the next `wait` once. */
class ChangeSignal {
  readonly #emitter = new EventEmitter();
  #isSet = false;

  set(): void {
    this.#isSet = true;
    this.#emitter.emit('set');
  }

  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#isSet) await once(this.#emitter, 'set', { signal });
    this.#isSet = false;
  }
}
