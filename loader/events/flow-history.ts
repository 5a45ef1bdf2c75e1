// The flow history: new flows and drops of the last minutes, in a ring each, so that a flood of drops overwrites no flow.
import { setImmediate } from 'node:timers/promises';
import { EventKind, eventLayout, type Event } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { KIND_NUMBERS, matchesFilter, type EventFilter } from './event-filter.ts';
import { bitOf, eventCodec, type RecordListener } from './event-hub.ts';
import { EventLabeller, memberOffset, ownerNamed, type ChangingNames } from './event-labels.ts';
import { bytesPerEvent, EventRing, type EventLabels } from './event-ring.ts';
import { wallClockMs, wordedEvent, type PacketEvent } from './packet-event.ts';

const KIND = memberOffset('kind');
const TIME = memberOffset('timeNs');
const SOURCE = memberOffset('source');
const DESTINATION = memberOffset('destination');
const RULES = {
  [EventKind.FLOW]: [memberOffset('egressRule'), memberOffset('ingressRule')],
  [EventKind.DROP]: [memberOffset('rule'), undefined],
} as const;
type Kept = keyof typeof RULES;

/** While the ring buffer has records it is read so often, not at each record: ten wakes a second, whatever happens. */
const READ_EVERY_MS = 100;
/** Of one reading: the others are counted. A flood of drops costs the daemon as little as a trickle. */
const MAX_DROPS_A_READING = 1_024;
/** Between two turns of the event loop, while a reader is answered. */
const EXAMINED_A_TURN = 512;

/** What one event takes, bytes; the setting's help says it. */
export const HISTORY_EVENT_BYTES = bytesPerEvent(eventLayout.size);

export interface HistoryBounds {
  /** Wall clock, from when on nothing is missing; undefined: nothing is kept. */
  readonly oldestMs: number | undefined;
  /** How many events are kept at most. */
  readonly capacity: number;
  /** Whether older events were overwritten. */
  readonly isFull: boolean;
  /** Events that did not fit into the ring buffer, or were more drops than are kept, since the daemon started. */
  readonly lost: number;
}

export class FlowHistory implements RecordListener {
  readonly kindBits = bitOf(EventKind.DROP) | bitOf(EventKind.FLOW);
  readonly patienceMs = READ_EVERY_MS;
  readonly #rings: Readonly<Record<Kept, EventRing>>;
  readonly #names: ChangingNames;
  readonly #labeller: EventLabeller;
  #lost = 0;

  /** Half of `capacity` for flows, half for drops. */
  constructor(capacity: number, names: ChangingNames) {
    const half = Math.ceil(capacity / 2);
    this.#rings = {
      [EventKind.FLOW]: new EventRing(half, eventLayout.size),
      [EventKind.DROP]: new EventRing(half, eventLayout.size),
    };
    this.#names = names;
    this.#labeller = new EventLabeller(names);
  }

  takeRecords(records: readonly Uint8Array[], maps: MapSet): void {
    this.#labeller.refresh();
    let drops = 0;
    for (const record of records) {
      if (record.byteLength < eventLayout.size) continue; // of another build's programs
      const kind = record[KIND];
      if (kind === EventKind.DROP && ++drops > MAX_DROPS_A_READING) this.#lost += 1;
      else if (kind === EventKind.DROP || kind === EventKind.FLOW) this.#keep(kind, record, maps);
    }
  }

  dropped(count: number): void {
    this.#lost += count;
  }

  /** Of events of these kinds: one ring may be overwritten within seconds while the other has hours. */
  bounds(kinds: EventFilter['kinds']): HistoryBounds {
    const rings = kinds.map(kind => this.#rings[KIND_NUMBERS[kind]]);
    const oldestOf = (some: readonly EventRing[]): number[] =>
      some.filter(ring => ring.next > 0).map(ring => wallClockMs(timeOf(ring, ring.first)));
    const overwritten = rings.filter(ring => ring.first > 0);
    const isFull = overwritten.length > 0;
    const oldestMs = isFull ? Math.max(...oldestOf(overwritten)) : Math.min(...oldestOf(rings));
    return {
      oldestMs: Number.isFinite(oldestMs) ? oldestMs : undefined,
      capacity: Object.values(this.#rings).reduce((sum, ring) => sum + ring.capacity, 0),
      ...{ isFull, lost: this.#lost },
    };
  }

  /** The events of the last `lastMs` that are here now, oldest first; what is overwritten meanwhile is left out. */
  async *read(filter: EventFilter, lastMs: number): AsyncGenerator<PacketEvent, void> {
    const since = process.hrtime.bigint() - BigInt(Math.round(lastMs * 1e6));
    const cursors = Object.values(this.#rings).map(ring => ({ ring, at: ring.first, end: ring.next }));
    for (let examined = 1; ; examined++) {
      for (const cursor of cursors) cursor.at = Math.max(cursor.at, cursor.ring.first);
      const [oldest, ...others] = cursors.filter(({ at, end }) => at < end);
      if (oldest === undefined) return;
      const next = others.reduce(
        (first, one) => (timeOf(one.ring, one.at) < timeOf(first.ring, first.at) ? one : first),
        oldest,
      );
      const event = timeOf(next.ring, next.at) < since ? undefined : this.#event(filter, next.ring, next.at);
      next.at += 1;
      if (event !== undefined) yield event;
      if (examined % EXAMINED_A_TURN === 0) await setImmediate();
    }
  }

  #keep(kind: Kept, record: Uint8Array, maps: MapSet): void {
    const ring = this.#rings[kind];
    ring.push(record, offset => this.#labels(kind, ring.bytes, offset, maps));
  }

  #labels(kind: Kept, bytes: Buffer, offset: number, maps: MapSet): EventLabels {
    const end = (member: number, name: 'source' | 'destination'): string | undefined =>
      this.#labeller.owner(bytes, offset + member, () => eventCodec.decode(bytes, offset)[name]);
    const rule = (member: number | undefined): string | undefined =>
      member === undefined ? undefined : this.#labeller.rule(maps, bytes.readUInt32LE(offset + member));
    const [first, second] = RULES[kind];
    return {
      source: end(SOURCE, 'source'),
      destination: end(DESTINATION, 'destination'),
      rule: rule(first),
      otherRule: rule(second),
    };
  }

  #event(filter: EventFilter, ring: EventRing, number: number): PacketEvent | undefined {
    const event: Event = eventCodec.decode(ring.bytes, ring.offsetOf(number));
    const { source, destination, rule, otherRule } = ring.labelsOf(number);
    const owners = { source: ownerNamed(source), destination: ownerNamed(destination) };
    if (!matchesFilter(filter, event, end => owners[end].pod)) return undefined;
    return wordedEvent(event, {
      ...owners,
      device: this.#names.device(event.ifindex),
      rules: [rule, otherRule].filter(words => words !== undefined),
    });
  }
}

function timeOf(ring: EventRing, number: number): bigint {
  return ring.bytes.readBigUInt64LE(ring.offsetOf(number) + TIME);
}
