// Asks a daemon over its socket how it is.
import { Client, credentials } from '@grpc/grpc-js';
import { heddle } from './proto.gen.js';
import { serviceDefinition } from './service-definition.ts';

export type DaemonStatus = heddle.v1.GetStatusResponse;

const definition = serviceDefinition(heddle.v1.Dataplane, heddle.v1).getStatus;

/** `undefined` when no daemon answers on that socket within the time. */
export async function askStatus(socketPath: string, timeoutMs = 2_000): Promise<DaemonStatus | undefined> {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure());
  try {
    return await new Promise(resolve => {
      client.makeUnaryRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
        {},
        { deadline: Date.now() + timeoutMs },
        (error, response) => resolve(error === null ? (response as DaemonStatus) : undefined),
      );
    });
  } finally {
    client.close();
  }
}
