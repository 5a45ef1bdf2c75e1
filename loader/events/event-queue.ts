// What one listener has not read yet: bounded, with a count of what did not fit.
import type { Addr } from 'ip';
import { EventKind, type Event } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { bitOf, type EventHub, type EventListener } from './event-hub.ts';
import { packetEvent, type EventNames, type PacketEvent } from './packet-event.ts';

export interface EventWish {
  readonly kinds: readonly PacketEvent['kind'][];
  /** 'namespace/name'; absent: every pod. */
  readonly pod?: string | undefined;
  readonly address?: Addr | undefined;
}

export interface QueuedEvent {
  readonly event: PacketEvent;
  /** Events lost since the one before. */
  readonly lost: number;
}

const ROOM = 4_096;
const KINDS = { drop: EventKind.DROP, flow: EventKind.FLOW } as const;

export class EventQueue implements EventListener {
  readonly wants: bigint;
  readonly #wish: EventWish;
  readonly #names: EventNames;
  readonly #queue: QueuedEvent[] = [];
  readonly #room: number;
  #lost = 0;
  #onNews: () => void = () => undefined;

  constructor(wish: EventWish, names: EventNames, room = ROOM) {
    this.#wish = wish;
    this.#names = names;
    this.#room = room;
    this.wants = wish.kinds.reduce((bits, kind) => bits | bitOf(KINDS[kind]), 0n);
  }

  /** Calls `onNews` when something can be read, until the answer is called. */
  attach(hub: EventHub, onNews: () => void): () => void {
    this.#onNews = onNews;
    return hub.listen(this);
  }

  hasRoom(): boolean {
    return this.#queue.length < this.#room;
  }

  take(events: readonly Event[], maps: MapSet): void {
    for (const event of events) if (this.#isWanted(event)) this.#put(event, maps);
    if (this.#queue.length > 0) this.#onNews();
  }

  lose(count: number): void {
    this.#lost += count;
  }

  /** The oldest one; undefined when there is none. */
  next(): QueuedEvent | undefined {
    return this.#queue.shift();
  }

  #put(event: Event, maps: MapSet): void {
    if (!this.hasRoom()) {
      this.#lost += 1;
      return;
    }
    this.#queue.push({ event: packetEvent(maps, this.#names, event), lost: this.#lost });
    this.#lost = 0;
  }

  #isWanted({ kind, source, destination }: Event): boolean {
    const { kinds, pod, address } = this.#wish;
    if (!kinds.some(each => KINDS[each] === kind)) return false;
    if (address !== undefined && source !== address && destination !== address) return false;
    if (pod === undefined) return true;
    return this.#names.pod(source) === pod || this.#names.pod(destination) === pod;
  }
}
