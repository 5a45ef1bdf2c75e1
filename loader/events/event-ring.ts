// The newest events of one kind, as the programs wrote them, in memory that never grows; beside each, what its numbers meant.

/** Shared strings: names of the two ends, and rules in words. */
export interface EventLabels {
  readonly source: string | undefined;
  readonly destination: string | undefined;
  /** Of a drop the rule that refused; of a flow the one that admitted it at its originator. */
  readonly rule: string | undefined;
  /** Of a flow: at its responder. */
  readonly otherRule: string | undefined;
}

const LABELS = [
  'source',
  'destination',
  'rule',
  'otherRule',
] as const satisfies readonly (keyof EventLabels)[];
const POINTER_BYTES = 8;

/** What one event takes; the strings are shared by all events that have them. */
export function bytesPerEvent(recordBytes: number): number {
  return recordBytes + LABELS.length * POINTER_BYTES;
}

/** Each event has a number, from 0 on; an event that is overwritten leaves `first` behind it. */
export class EventRing {
  readonly capacity: number;
  /** The record of event `n` begins at `offsetOf(n)`. Pages are taken as they are written for the first time. */
  readonly bytes: Buffer;
  readonly #recordBytes: number;
  readonly #labels: (string | undefined)[];
  #next = 0;

  constructor(capacity: number, recordBytes: number) {
    this.capacity = capacity;
    this.bytes = Buffer.alloc(capacity * recordBytes);
    this.#recordBytes = recordBytes;
    this.#labels = new Array<string | undefined>(capacity * LABELS.length);
  }

  /** Number of the oldest event that is kept. */
  get first(): number {
    return Math.max(0, this.#next - this.capacity);
  }

  /** Number of the event that comes next. */
  get next(): number {
    return this.#next;
  }

  offsetOf(number: number): number {
    return (number % this.capacity) * this.#recordBytes;
  }

  /** Copies the record. `label` reads it at its place in `bytes`. */
  push(record: Uint8Array, label: (offset: number) => EventLabels): void {
    const offset = this.offsetOf(this.#next);
    this.bytes.set(record.subarray(0, this.#recordBytes), offset);
    const labels = label(offset);
    const at = (this.#next % this.capacity) * LABELS.length;
    LABELS.forEach((name, i) => (this.#labels[at + i] = labels[name]));
    this.#next += 1;
  }

  labelsOf(number: number): EventLabels {
    const at = (number % this.capacity) * LABELS.length;
    const [source, destination, rule, otherRule] = this.#labels.slice(at, at + LABELS.length);
    return { source, destination, rule, otherRule };
  }
}
