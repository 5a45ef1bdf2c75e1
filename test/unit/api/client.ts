// Typed gRPC clients over our own service definitions.
import {
  type CallOptions,
  Client,
  credentials,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import type { Test } from 'tap';
import { grpc, heddle } from '../../../loader/api/proto.gen.js';
import { serviceDefinition } from '../../../loader/api/service-definition.ts';

export const METHODS = {
  cni: serviceDefinition(heddle.v1.Cni, heddle.v1),
  dataplane: serviceDefinition(heddle.v1.Dataplane, heddle.v1),
  health: serviceDefinition(grpc.health.v1.Health, grpc.health.v1),
  reflection: serviceDefinition(grpc.reflection.v1.ServerReflection, grpc.reflection.v1),
};

type Method = MethodDefinition<object, object>;

export function connect(t: Test, socketPath: string): Client {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  t.teardown(() => client.close());
  return client;
}

/** One unary call; the reply is what the caller says it is. */
export function ask<Reply>(
  client: Client,
  method: Method,
  request: object,
  options: CallOptions = {},
): Promise<Reply> {
  const { path, requestSerialize, responseDeserialize } = method;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, (error, reply) => {
      if (error === null) resolve(reply as Reply);
      else reject(error);
    });
  });
}

/** The error of a call that has to fail. */
export async function refusal(call: Promise<unknown>): Promise<ServiceError> {
  return await call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: unknown) => error as ServiceError,
  );
}

/** A server stream whose events are taken one by one. */
export function watch<Event>(client: Client, method: Method, request: object) {
  const { path, requestSerialize, responseDeserialize } = method;
  const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
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
