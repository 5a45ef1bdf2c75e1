// The agent's interface for the Events service.
import type { EventFilter } from '../events/event-filter.ts';
import type { EventQueue } from '../events/event-queue.ts';
import type { FlowHistory } from '../events/flow-history.ts';
import type { TraceRequest } from '../events/trace.ts';
import type { TraceReport } from '../events/trace-report.ts';

export interface EventsView {
  /** Queues events from now on until `unsubscribe` is called. */
  listen(
    filter: EventFilter,
    onData: () => void,
  ): { readonly queue: Pick<EventQueue, 'next'>; readonly unsubscribe: () => void };
  /** Undefined: it is off. */
  history(): Pick<FlowHistory, 'bounds' | 'read'> | undefined;
  /** Throws `INVALID_REQUEST` when neither end is on this node. */
  trace(request: TraceRequest): TraceReport;
  /** Name of the node with that number in hd_node. */
  nodeName(id: number): string | undefined;
}
