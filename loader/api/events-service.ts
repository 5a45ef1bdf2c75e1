// heddle.v1.Events on grpc-js, over an `EventsView`.
import { once } from 'node:events';
import { Metadata, type ServerWritableStream } from '@grpc/grpc-js';
import type { EventFilter } from '../events/event-queue.ts';
import { callFailure } from './call-failure.ts';
import { eventMessage, eventWish, traceMessage, traceRequest } from './events-message.ts';
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
  const wish = eventWish(call.request);
  const gone = new AbortController();
  for (const event of ['cancelled', 'close', 'error'] as const) call.once(event, () => gone.abort());
  try {
    await tellEvents(call, { view, wish, signal: gone.signal });
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

interface Watching {
  readonly view: EventsView;
  readonly wish: EventFilter;
  readonly signal: AbortSignal;
}

/** A reader that does not take more holds back its own queue alone. */
async function tellEvents(call: Call, { view, wish, signal }: Watching): Promise<void> {
  let ring = (): void => undefined;
  const { queue, leave } = view.listen(wish, () => ring());
  // Tells the client that from here on nothing is missed.
  call.sendMetadata(new Metadata());
  try {
    while (!signal.aborted) {
      const bell = new Promise<void>(resolve => (ring = resolve));
      for (let next = queue.next(); next !== undefined; next = queue.next())
        if (!call.write(eventMessage(next))) await once(call, 'drain', { signal });
      await Promise.race([bell, aborted(signal)]);
    }
  } finally {
    leave();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
