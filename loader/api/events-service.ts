// heddle.v1.Events on grpc-js, over an `EventsView`.
import { once } from 'node:events';
import { Metadata, type ServerWritableStream } from '@grpc/grpc-js';
import type { EventFilter } from '../events/event-queue.ts';
import { callFailure } from './call-failure.ts';
import { eventMessage, eventFilter, traceMessage, traceRequest } from './events-message.ts';
import type { EventsView } from './events-view.ts';
import type { heddle } from './proto.gen.js';
import type { ServiceHandlers } from './service-definition.ts';
import { unary } from './unary.ts';

type Handlers = ServiceHandlers<heddle.v1.Events, typeof heddle.v1>;
type Call = ServerWritableStream<heddle.v1.WatchEventsRequest, heddle.v1.IPacketEvent>;

export function eventsService(view: EventsView): Handlers {
  return {
    watchEvents: call => {
      watchEvents(call, view).catch((error: unknown) => call.emit('error', callFailure(error)));
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
  const ended = new AbortController();
  for (const event of ['cancelled', 'close', 'error'] as const) call.once(event, () => ended.abort());
  try {
    await sendEvents(call, { view, filter, signal: ended.signal });
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
