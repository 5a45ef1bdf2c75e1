// A client that ends with its test, and what tests ask of it.
import type { ServiceError } from '@grpc/grpc-js';
import type { Test } from 'tap';
import { ApiClient } from '../../../loader/api/client.ts';
import type { MethodOf } from '../../../loader/api/service-definition.ts';

export function connect(t: Test, socketPath: string): ApiClient {
  const client = new ApiClient(socketPath);
  t.teardown(() => client[Symbol.dispose]());
  return client;
}

/** The error of a call that has to fail. */
export async function refusal(call: Promise<unknown>): Promise<ServiceError> {
  return await call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error as ServiceError,
  );
}

/** A watch whose events are taken one by one. */
export function watch<Request, Event>(
  client: ApiClient,
  method: MethodOf<Request, unknown, never, Event>,
  request: Request,
) {
  const call = client.watch(method, request);
  call.on('error', () => undefined); // every watch ends by being cancelled
  const events = call[Symbol.asyncIterator]() as AsyncIterator<Event, undefined>;
  return {
    call,
    async take(count: number): Promise<Event[]> {
      const taken: Event[] = [];
      while (taken.length < count) {
        const { value, done } = await events.next();
        if (done === true) throw new Error(`the stream ended after ${taken.length} events`);
        taken.push(value);
      }
      return taken;
    },
  };
}
