// heddle.v1.Events on grpc-js, over an `EventsView`.
import { once } from 'node:events';
import { Metadata, type ServerWritableStream } from '@grpc/grpc-js';
import type { EventFilter } from '../events/event-filter.ts';
import { callFailure } from './call-failure.ts';
import { eventFilter } from './event-filter-request.ts';
import { boundsMessage, eventMessage, traceMessage, traceRequest } from './events-message.ts';
import type { EventsView } from './events-view.ts';
import type { heddle } from './proto.gen.js';
import { RequestError } from './request-error.ts';
import type { ServiceHandlers } from './service-definition.ts';
import { unary } from './unary.ts';

type Handlers = ServiceHandlers<heddle.v1.Events, typeof heddle.v1>;
type Call = ServerWritableStream<heddle.v1.WatchEventsRequest, heddle.v1.IPacketEvent>;
type HistoryCall = ServerWritableStream<heddle.v1.ReadHistoryRequest, heddle.v1.IHistoryMessage>;

export function eventsService(view: EventsView): Handlers {
  return {
    watchEvents: call => {
      watchEvents(call, view).catch((error: unknown) => call.emit('error', callFailure(error)));
    },
    readHistory: call => {
      readHistory(call, view).catch((error: unknown) => call.emit('error', callFailure(error)));
    },
    trace: unary(
      request => traceMessage(view.trace(traceRequest(request)), id => view.nodeName(id)),
      callFailure,
    ),
  };
}

/** Ends when the call does. */
async function watchEvents(call: Call, view: EventsView): Promise<void> {
  const filter = eventFilter(call.request);
  await whileOpen(call, signal => sendEvents(call, { view, filter, signal }));
}

/** A reader that is gone ends it; one that is slow is waited for, while the ring goes on. */
async function readHistory(call: HistoryCall, view: EventsView): Promise<void> {
  const history = view.history();
  if (history === undefined)
    throw new RequestError('FAILED_PRECONDITION', 'the flow history is off: set flowHistory.events');
  const { filter, lastMs } = call.request;
  const wanted = eventFilter(filter ?? {});
  await whileOpen(call, async signal => {
    call.write({ bounds: boundsMessage(history.bounds(wanted.kinds)) });
    for await (const event of history.read(wanted, lastMs === 0 ? Number.MAX_SAFE_INTEGER : lastMs)) {
      if (signal.aborted) return;
      if (!call.write({ event: eventMessage({ event, lost: 0 }) })) await once(call, 'drain', { signal });
    }
    call.end();
  });
}

/** `act` is told by the signal that the call has ended; what it then throws is no error. */
async function whileOpen(
  call: Call | HistoryCall,
  act: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  for (const event of ['cancelled', 'close', 'error'] as const) call.once(event, () => ended.abort());
  try {
    await act(ended.signal);
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  }
}

interface WatchContext {
  readonly view: EventsView;
  readonly filter: EventFilter;
  readonly signal: AbortSignal;
}

/** Backpressure of a slow reader delays its own queue only. */
async function sendEvents(call: Call, { view, filter, signal }: WatchContext): Promise<void> {
  let notify = (): void => undefined;
  const { queue, unsubscribe } = view.listen(filter, () => notify());
  // The client has the headers: from now on it misses no event.
  call.sendMetadata(new Metadata());
  try {
    while (!signal.aborted) {
      const notified = new Promise<void>(resolve => (notify = resolve));
      for (let next = queue.next(); next !== undefined; next = queue.next())
        if (!call.write(eventMessage(next))) await once(call, 'drain', { signal });
      await Promise.race([notified, aborted(signal)]);
    }
  } finally {
    unsubscribe();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
