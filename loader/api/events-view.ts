// What the Events service asks of the agent.
import type { EventQueue, EventFilter } from '../events/event-queue.ts';
import type { TraceRequest } from '../events/trace.ts';
import type { TraceReport } from '../events/trace-report.ts';

export interface EventsView {
  /** Events from now on, until `leave` is called. */
  listen(
    wish: EventFilter,
    onData: () => void,
  ): { readonly queue: Pick<EventQueue, 'next'>; readonly leave: () => void };
  /** Throws `INVALID_REQUEST` for ends that are none of this node's. */
  trace(request: TraceRequest): TraceReport;
  /** Name of the node with that number in hd_node. */
  nodeName(id: number): string | undefined;
}
