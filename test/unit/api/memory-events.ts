// Events out of memory, in place of the datapath's.
import type { EventsView } from '../../../loader/api/events-view.ts';
import type { EventFilter, QueuedEvent } from '../../../loader/events/event-queue.ts';
import type { TraceRequest } from '../../../loader/events/trace.ts';
import type { TraceReport } from '../../../loader/events/trace-report.ts';

export class MemoryEvents implements EventsView {
  readonly wishes: EventFilter[] = [];
  readonly traced: TraceRequest[] = [];
  report: TraceReport = { steps: [], outcome: 'host', conclusion: 'goes to this node itself', sourcePort: 1 };
  readonly #queue: QueuedEvent[] = [];
  readonly #listeners = new Set<() => void>();

  get listening(): number {
    return this.#listeners.size;
  }

  listen(wish: EventFilter, onData: () => void): ReturnType<EventsView['listen']> {
    this.wishes.push(wish);
    this.#listeners.add(onData);
    const queue = { next: () => this.#queue.shift() };
    return { queue, leave: () => this.#listeners.delete(onData) };
  }

  tell(...events: readonly QueuedEvent[]): void {
    this.#queue.push(...events);
    for (const listener of this.#listeners) listener();
  }

  trace(request: TraceRequest): TraceReport {
    this.traced.push(request);
    return this.report;
  }

  nodeName(id: number): string | undefined {
    return id === 2 ? 'node-b' : undefined;
  }
}
