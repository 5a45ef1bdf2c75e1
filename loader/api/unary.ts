// Serves a unary gRPC method with an async function.
import type { handleUnaryCall, ServerUnaryCall } from '@grpc/grpc-js';
import { callerOf } from './caller.ts';
import type { CallFailure } from './call-failure.ts';

type UnaryMethod<Request, Response> = (
  request: Request,
  signal: AbortSignal,
  caller: () => string,
) => Promise<Response> | Response;

/** `signal` aborts when the caller cancels, its deadline passes or its connection ends. `caller`: who calls, for the log. */
export function unary<Request, Response>(
  method: UnaryMethod<Request, Response>,
  failureOf: (error: unknown) => CallFailure,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    void respond(method, call).then(
      response => callback(null, response),
      (error: unknown) => callback(failureOf(error)),
    );
  };
}

async function respond<Request, Response>(
  method: UnaryMethod<Request, Response>,
  call: ServerUnaryCall<Request, Response>,
): Promise<Response> {
  const cancelled = new AbortController();
  call.on('cancelled', () => cancelled.abort());
  if (call.cancelled) cancelled.abort(); // before the listener was there
  return await method(call.request, cancelled.signal, () => callerOf(call));
}
