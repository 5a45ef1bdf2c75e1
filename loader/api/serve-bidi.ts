// Serves a bidirectional stream: one response to each request, in the order of the requests.
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { once } from 'node:events';
import { callFailure } from './call-failure.ts';

/** Requests of one stream in progress at the same time; the next is read when the oldest has its response. */
const MAX_CONCURRENT = 32;

type Respond<Request, Response> = (request: Request) => Response | Promise<Response>;

/** Ends after the response to the caller's last request, or with the first response that fails. */
export function serveBidi<Request, Response>(
  call: ServerDuplexStream<Request, Response>,
  respond: Respond<Request, Response>,
): void {
  respondInOrder(call, respond).then(
    () => call.end(),
    (error: unknown) => call.emit('error', callFailure(error)),
  );
}

async function respondInOrder<Request, Response>(
  call: ServerDuplexStream<Request, Response>,
  respond: Respond<Request, Response>,
): Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const due: Promise<unknown>[] = [];
  const requests: AsyncIterable<Request> = call.iterator({ destroyOnReturn: false });
  for await (const request of requests) {
    last = writeAfter(call, last, respondAsync(request, respond));
    last.catch(() => undefined); // its failure rejects the next one too, and the last one is awaited
    due.push(last);
    if (due.length === MAX_CONCURRENT) await due.shift();
  }
  await last;
}

async function respondAsync<Request, Response>(
  request: Request,
  respond: Respond<Request, Response>,
): Promise<Response> {
  return await respond(request);
}

/** Writes the response after those before it; fails when one of them fails. */
async function writeAfter<Request, Response>(
  call: ServerDuplexStream<Request, Response>,
  before: Promise<unknown>,
  response: Promise<Response>,
): Promise<void> {
  const [, message] = await Promise.all([before, response]);
  if (!call.write(message)) await once(call, 'drain');
}
