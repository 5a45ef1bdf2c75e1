// Reads hd_event while there are listeners, and enables in hd_control only the kinds of events that they ask for.
import { codecOf, decodeRecords, RingBuffer, type Codec } from 'libbpf-ts';
import { EventKind, eventLayout, type Event } from '../abi/abi.gen.ts';
import { NAMED_CODECS } from '../abi/codecs.ts';
import type { MapSet } from '../abi/map-set.ts';
import { openPinnedMaps } from '../programs/pinned-maps.ts';
import { changeControl } from '../tables/control.ts';
import { readEventLosses } from '../tables/event-losses.ts';

interface Subscription {
  /** Bits of `enum event_kind` to enable; trace events need none. */
  readonly kindBits: bigint;
  dropped(count: number): void;
}

export interface EventListener extends Subscription {
  /** False: `dropped` is called instead of `take`. */
  hasCapacity(): boolean;
  /** Receives every event, including kinds that only other listeners asked for. */
  take(events: readonly Event[], maps: MapSet): void;
}

/** Takes records as they are, late: to decode thousands of them a second costs more than to keep them. */
export interface RecordListener extends Subscription {
  /** How long records may wait in the ring buffer. While all listeners are so patient, it is read that often at most. */
  readonly patienceMs: number;
  takeRecords(records: readonly Uint8Array[], maps: MapSet): void;
}

interface Session {
  readonly maps: MapSet;
  readonly ring: RingBuffer;
  /** Value of hd_event_lost when it was last reported. */
  lost: bigint;
  /** Until the next reading, while the ring buffer is paused. */
  pause?: NodeJS.Timeout | undefined;
  /** Batches that were delivered. */
  batches: number;
}

/** EVENT_TRACE has no bit: programs emit it for packets with the nonce, whatever the bits say. */
export function bitOf(kind: Exclude<EventKind, typeof EventKind.TRACE>): bigint {
  return 1n << BigInt(kind);
}

export const eventCodec: Codec<Event> = codecOf<Event>(eventLayout, NAMED_CODECS);

/** A ring buffer has one consumer position: two hubs on the same pins would split its records. */
export class EventHub {
  readonly #pinRoot: string;
  readonly #listeners = new Set<EventListener | RecordListener>();
  #session: Session | undefined;

  constructor(pinRoot: string) {
    this.#pinRoot = pinRoot;
  }

  /** Clears event kinds and nonce that a killed daemon or trace left in hd_control. */
  reset(): void {
    const maps = openPinnedMaps(this.#pinRoot);
    changeControl(maps.hd_control, { events: 0n, nonce: [0n, 0n] });
    close(maps);
  }

  /** Delivers events from now on. The returned function ends it. Throws NOT_READY if no maps are pinned. */
  listen(listener: EventListener | RecordListener): () => void {
    const session = (this.#session ??= this.#open());
    this.#listeners.add(listener);
    if (!isPatient(listener)) resume(session);
    this.#setKinds(session.maps);
    return () => {
      if (this.#listeners.delete(listener)) this.#leave();
    };
  }

  /** Delivers what is readable now. */
  consume(): void {
    this.#session?.ring.consume();
  }

  /** Open while there are listeners. */
  get maps(): MapSet | undefined {
    return this.#session?.maps;
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
    if (this.#session !== undefined) this.#leave();
  }

  #open(): Session {
    const maps = openPinnedMaps(this.#pinRoot);
    const ring = new RingBuffer(maps.hd_event, records => this.#deliver(records));
    ring.consume(); // discards records from before this listener
    return { maps, ring, lost: readEventLosses(maps.hd_event_lost), batches: 0 };
  }

  #leave(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#setKinds(session.maps);
    if (this.#listeners.size > 0) return;
    this.#session = undefined;
    clearTimeout(session.pause);
    session.ring[Symbol.dispose]();
    close(session.maps);
  }

  #setKinds(maps: MapSet): void {
    const events = [...this.#listeners].reduce((bits, { kindBits: wants }) => bits | wants, 0n);
    changeControl(maps.hd_control, { events });
  }

  /** Decodes only if a listener has capacity, so that a flood of drops does not keep the daemon busy. */
  #deliver(records: readonly Uint8Array[]): void {
    const session = this.#session;
    if (session === undefined) return;
    session.batches += 1;
    this.#reportLosses(session);
    const decoding = [...this.#listeners].flatMap(one => (isPatient(one) ? [] : [one]));
    const ready = decoding.filter(listener => listener.hasCapacity());
    for (const listener of decoding) if (!ready.includes(listener)) listener.dropped(records.length);
    const events = ready.length === 0 ? [] : decodeRecords(records, eventCodec);
    for (const listener of ready) listener.take(events, session.maps);
    for (const listener of this.#listeners)
      if (isPatient(listener)) listener.takeRecords(records, session.maps);
    this.#pause(session);
  }

  /** Until nothing has come for a whole pause: then the next record wakes the event loop again. */
  #pause(session: Session): void {
    const patient = [...this.#listeners].filter(isPatient);
    if (patient.length === 0 || patient.length < this.#listeners.size || session.pause !== undefined) return;
    session.ring.pause();
    const waitMs = Math.min(...patient.map(({ patienceMs }) => patienceMs));
    session.pause = setTimeout(() => {
      session.pause = undefined;
      const before = session.batches;
      session.ring.consume();
      if (session.batches === before) session.ring.resume();
    }, waitMs).unref();
  }

  #reportLosses(session: Session): void {
    const lost = readEventLosses(session.maps.hd_event_lost);
    if (lost === session.lost) return;
    for (const listener of this.#listeners) listener.dropped(Number(lost - session.lost));
    session.lost = lost;
  }
}

function isPatient(listener: EventListener | RecordListener): listener is RecordListener {
  return 'takeRecords' in listener;
}

function resume(session: Session): void {
  clearTimeout(session.pause);
  session.pause = undefined;
  session.ring.resume();
}

function close(maps: MapSet): void {
  for (const map of Object.values(maps)) map[Symbol.dispose]();
}
