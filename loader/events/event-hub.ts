// Reads hd_event while somebody listens, and has the datapath tell what is listened for, no more.
import { codecOf, decodeRecords, RingBuffer, type Codec } from 'libbpf-ts';
import { EventKind, eventLayout, type Event } from '../abi/abi.gen.ts';
import { NAMED_CODECS } from '../abi/codecs.ts';
import type { MapSet } from '../abi/map-set.ts';
import { openPinnedMaps } from '../programs/pinned-maps.ts';
import { changeControl } from '../tables/control.ts';
import { readEventLosses } from '../tables/event-losses.ts';

export interface EventListener {
  /** Bits of `enum event_kind` that the datapath must tell for it; a trace is told anyway. */
  readonly wants: bigint;
  /** False: there is no room, `lose` is told instead. */
  hasRoom(): boolean;
  /** Of every kind that is told, also for other listeners. */
  take(events: readonly Event[], maps: MapSet): void;
  lose(count: number): void;
}

interface Reading {
  readonly maps: MapSet;
  readonly ring: RingBuffer;
  /** Of hd_event_lost, as far as it was told. */
  lost: bigint;
}

/** Of what EVENT_TRACE means no bit is ever set: those packets are told whatever hd_control says. */
export function bitOf(kind: Exclude<EventKind, typeof EventKind.TRACE>): bigint {
  return 1n << BigInt(kind);
}

const eventCodec: Codec<Event> = codecOf<Event>(eventLayout, NAMED_CODECS);

/** A ring buffer has one reader: two hubs on the same pins share its records. */
export class EventHub {
  readonly #pinRoot: string;
  readonly #listeners = new Set<EventListener>();
  #reading: Reading | undefined;

  constructor(pinRoot: string) {
    this.#pinRoot = pinRoot;
  }

  /** Takes back what a daemon or a trace that was killed has left in hd_control. */
  reset(): void {
    const maps = openPinnedMaps(this.#pinRoot);
    changeControl(maps.hd_control, { events: 0n, nonce: [0n, 0n] });
    close(maps);
  }

  /** Events from now on, until the answer is called. Throws NOT_READY when nothing is pinned. */
  listen(listener: EventListener): () => void {
    const { maps } = (this.#reading ??= this.#open());
    this.#listeners.add(listener);
    this.#setWanted(maps);
    return () => {
      if (this.#listeners.delete(listener)) this.#left();
    };
  }

  /** Delivers what is readable now. */
  consume(): void {
    this.#reading?.ring.consume();
  }

  /** Open while anybody listens. */
  get maps(): MapSet | undefined {
    return this.#reading?.maps;
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
    if (this.#reading !== undefined) this.#left();
  }

  #open(): Reading {
    const maps = openPinnedMaps(this.#pinRoot);
    const ring = new RingBuffer(maps.hd_event, records => this.#deliver(records));
    ring.consume(); // what the last listener left behind is nobody's
    return { maps, ring, lost: readEventLosses(maps.hd_event_lost) };
  }

  #left(): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    this.#setWanted(reading.maps);
    if (this.#listeners.size > 0) return;
    this.#reading = undefined;
    reading.ring[Symbol.dispose]();
    close(reading.maps);
  }

  #setWanted(maps: MapSet): void {
    const events = [...this.#listeners].reduce((bits, { wants }) => bits | wants, 0n);
    changeControl(maps.hd_control, { events });
  }

  /** Nothing is decoded that nobody has room for: a flood of drops must not keep the daemon busy. */
  #deliver(records: readonly Uint8Array[]): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    this.#tellLost(reading);
    const ready = [...this.#listeners].filter(listener => listener.hasRoom());
    for (const listener of this.#listeners) if (!ready.includes(listener)) listener.lose(records.length);
    if (ready.length === 0) return;
    const events = decodeRecords(records, eventCodec);
    for (const listener of ready) listener.take(events, reading.maps);
  }

  #tellLost(reading: Reading): void {
    const lost = readEventLosses(reading.maps.hd_event_lost);
    if (lost === reading.lost) return;
    for (const listener of this.#listeners) listener.lose(Number(lost - reading.lost));
    reading.lost = lost;
  }
}

function close(maps: MapSet): void {
  for (const map of Object.values(maps)) map[Symbol.dispose]();
}
