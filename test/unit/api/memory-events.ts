// Events out of memory, in place of the datapath's.
import type { EventsView } from '../../../loader/api/events-view.ts';
import type { EventFilter } from '../../../loader/events/event-filter.ts';
import type { QueuedEvent } from '../../../loader/events/event-queue.ts';
import type { PacketEvent } from '../../../loader/events/packet-event.ts';
import type { TraceRequest } from '../../../loader/events/trace.ts';
import type { TraceReport } from '../../../loader/events/trace-report.ts';

export class MemoryEvents implements EventsView {
  readonly filters: EventFilter[] = [];
  readonly traced: TraceRequest[] = [];
  report: TraceReport = { steps: [], outcome: 'host', conclusion: 'goes to this node itself', sourcePort: 1 };
  /** Undefined: the history is off. */
  past: readonly PacketEvent[] | undefined = [];
  readonly #queue: QueuedEvent[] = [];
  readonly #listeners = new Set<() => void>();

  get listening(): number {
    return this.#listeners.size;
  }

  listen(filter: EventFilter, onData: () => void): ReturnType<EventsView['listen']> {
    this.filters.push(filter);
    this.#listeners.add(onData);
    const queue = { next: () => this.#queue.shift() };
    return { queue, unsubscribe: () => this.#listeners.delete(onData) };
  }

  emit(...events: readonly QueuedEvent[]): void {
    this.#queue.push(...events);
    for (const listener of this.#listeners) listener();
  }

  history(): ReturnType<EventsView['history']> {
    const { past } = this;
    if (past === undefined) return undefined;
    return {
      bounds: () => ({ oldestMs: past[0]?.timeMs, capacity: 8, isFull: true, lost: 3 }),
      // eslint-disable-next-line @typescript-eslint/require-await -- in place of one that waits
      read: async function* (filter, lastMs) {
        yield* past.filter(
          ({ kind, timeMs }) => filter.kinds.includes(kind) && timeMs >= Date.now() - lastMs,
        );
      },
    };
  }

  trace(request: TraceRequest): TraceReport {
    this.traced.push(request);
    return this.report;
  }

  nodeName(id: number): string | undefined {
    return id === 2 ? 'node-b' : undefined;
  }
}
