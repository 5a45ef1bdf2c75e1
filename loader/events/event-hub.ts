// Reads hd_event while there are listeners, and enables in hd_control only the kinds of events that they ask for.
import { codecOf, decodeRecords, RingBuffer, type Codec } from 'libbpf-ts';
import { EventKind, eventLayout, type Event } from '../abi/abi.gen.ts';
import { NAMED_CODECS } from '../abi/codecs.ts';
import type { MapSet } from '../abi/map-set.ts';
import { openPinnedMaps } from '../programs/pinned-maps.ts';
import { changeControl } from '../tables/control.ts';
import { readEventLosses } from '../tables/event-losses.ts';

export interface EventListener {
  /** Bits of `enum event_kind` to enable; trace events need none. */
  readonly kindBits: bigint;
  /** False: `dropped` is called instead of `take`. */
  hasCapacity(): boolean;
  /** Receives every event, including kinds that only other listeners asked for. */
  take(events: readonly Event[], maps: MapSet): void;
  dropped(count: number): void;
}

interface Session {
  readonly maps: MapSet;
  readonly ring: RingBuffer;
  /** Value of hd_event_lost when it was last reported. */
  lost: bigint;
}

/** EVENT_TRACE has no bit: programs emit it for packets with the nonce, whatever the bits say. */
export function bitOf(kind: Exclude<EventKind, typeof EventKind.TRACE>): bigint {
  return 1n << BigInt(kind);
}

const eventCodec: Codec<Event> = codecOf<Event>(eventLayout, NAMED_CODECS);

/** A ring buffer has one consumer position: two hubs on the same pins would split its records. */
export class EventHub {
  readonly #pinRoot: string;
  readonly #listeners = new Set<EventListener>();
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
  listen(listener: EventListener): () => void {
    const { maps } = (this.#session ??= this.#open());
    this.#listeners.add(listener);
    this.#setKinds(maps);
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
    return { maps, ring, lost: readEventLosses(maps.hd_event_lost) };
  }

  #leave(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#setKinds(session.maps);
    if (this.#listeners.size > 0) return;
    this.#session = undefined;
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
    this.#reportLosses(session);
    const ready = [...this.#listeners].filter(listener => listener.hasCapacity());
    for (const listener of this.#listeners) if (!ready.includes(listener)) listener.dropped(records.length);
    if (ready.length === 0) return;
    const events = decodeRecords(records, eventCodec);
    for (const listener of ready) listener.take(events, session.maps);
  }

  #reportLosses(session: Session): void {
    const lost = readEventLosses(session.maps.hd_event_lost);
    if (lost === session.lost) return;
    for (const listener of this.#listeners) listener.dropped(Number(lost - session.lost));
    session.lost = lost;
  }
}

function close(maps: MapSet): void {
  for (const map of Object.values(maps)) map[Symbol.dispose]();
}
