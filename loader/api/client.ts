// A client of the daemon's socket, for heddlectl, the lab and tests.
import { Client, credentials, type ClientDuplexStream, type ClientReadableStream } from '@grpc/grpc-js';
import { grpc, heddle } from './proto.gen.js';
import { type MethodOf, serviceDefinition } from './service-definition.ts';

/** All methods of the daemon, by service. */
export const API = {
  cni: serviceDefinition(heddle.v1.Cni, heddle.v1),
  dataplane: serviceDefinition(heddle.v1.Dataplane, heddle.v1),
  events: serviceDefinition(heddle.v1.Events, heddle.v1),
  policy: serviceDefinition(heddle.v1.Policy, heddle.v1),
  health: serviceDefinition(grpc.health.v1.Health, grpc.health.v1),
  reflection: serviceDefinition(grpc.reflection.v1.ServerReflection, grpc.reflection.v1),
} as const;

/** A list of 100,000 endpoints is 12 MB. */
const MAX_REPLY_BYTES = 64 << 20;
const DEADLINE_MS = 10_000;

export class ApiClient {
  readonly #client: Client;

  /** Connects with the first call. The caller disposes it. */
  constructor(socketPath: string) {
    this.#client = new Client(`unix:${socketPath}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': MAX_REPLY_BYTES,
    });
  }

  /** Rejects with grpc-js's `ServiceError`; UNAVAILABLE when no process listens. */
  ask<Request, Reply>(
    method: MethodOf<Request, unknown, never, Reply>,
    request: Request,
    deadlineMs = DEADLINE_MS,
  ): Promise<Reply> {
    const { path, requestSerialize, responseDeserialize } = method;
    const deadline = Date.now() + deadlineMs;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        { deadline },
        (error, reply) => {
          if (error !== null) reject(error);
          else if (reply !== undefined) resolve(reply);
        },
      );
    });
  }

  /** The stream ends with an error when it is cancelled or the daemon stops. */
  watch<Request, Event>(
    method: MethodOf<Request, unknown, never, Event>,
    request: Request,
  ): ClientReadableStream<Event> {
    const { path, requestSerialize, responseDeserialize } = method;
    return this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
  }

  /** A bidirectional stream; ends as a watch does. */
  openBidi<Request, Reply>(
    method: MethodOf<Request, unknown, never, Reply>,
  ): ClientDuplexStream<Request, Reply> {
    const { path, requestSerialize, responseDeserialize } = method;
    return this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  }

  /** For calls of other forms. */
  get connection(): Client {
    return this.#client;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
