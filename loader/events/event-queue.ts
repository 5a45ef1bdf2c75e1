// Bounded queue of one listener's unread events, with a count of dropped ones.
import type { Event } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { KIND_NUMBERS, matchesFilter, type EventFilter } from './event-filter.ts';
import { bitOf, type EventHub, type EventListener } from './event-hub.ts';
import { packetEvent, type EventNames, type PacketEvent } from './packet-event.ts';

export interface QueuedEvent {
  readonly event: PacketEvent;
  /** Events lost since the previous one. */
  readonly lost: number;
}

const CAPACITY = 4_096;

export class EventQueue implements EventListener {
  readonly kindBits: bigint;
  readonly #filter: EventFilter;
  readonly #names: EventNames;
  readonly #queue: QueuedEvent[] = [];
  readonly #capacity: number;
  #lost = 0;
  #onData: () => void = () => undefined;

  constructor(filter: EventFilter, names: EventNames, capacity = CAPACITY) {
    this.#filter = filter;
    this.#names = names;
    this.#capacity = capacity;
    this.kindBits = filter.kinds.reduce((bits, kind) => bits | bitOf(KIND_NUMBERS[kind]), 0n);
  }

  /** Calls `onData` when an event can be read. The returned function ends it. */
  attach(hub: EventHub, onData: () => void): () => void {
    this.#onData = onData;
    return hub.listen(this);
  }

  hasCapacity(): boolean {
    return this.#queue.length < this.#capacity;
  }

  take(events: readonly Event[], maps: MapSet): void {
    for (const event of events) if (this.#matches(event)) this.#put(event, maps);
    if (this.#queue.length > 0) this.#onData();
  }

  dropped(count: number): void {
    this.#lost += count;
  }

  /** Removes and returns the oldest event; undefined if the queue is empty. */
  next(): QueuedEvent | undefined {
    return this.#queue.shift();
  }

  #put(event: Event, maps: MapSet): void {
    if (!this.hasCapacity()) {
      this.#lost += 1;
      return;
    }
    this.#queue.push({ event: packetEvent(maps, this.#names, event), lost: this.#lost });
    this.#lost = 0;
  }

  #matches(event: Event): boolean {
    return matchesFilter(this.#filter, event, end => this.#names.pod(event[end]));
  }
}
