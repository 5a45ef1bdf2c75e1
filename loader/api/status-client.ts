// Reads the status of a daemon over its socket.
import { once } from 'node:events';
import { connect } from 'node:net';
import { API, ApiClient } from './client.ts';
import type { heddle } from './proto.gen.js';

export type DaemonStatus = heddle.v1.GetStatusResponse;

/** `undefined` when no daemon replies on that socket in time. */
export async function askStatus(socketPath: string, timeoutMs = 2_000): Promise<DaemonStatus | undefined> {
  // grpc-js keeps connecting after a client was closed, so no client is created without a listener.
  if (!(await isListening(socketPath))) return undefined;
  using client = new ApiClient(socketPath);
  // The reason is dropped; a caller that needs it uses ApiClient.
  return await client.ask(API.dataplane.getStatus, {}, timeoutMs).catch(() => undefined);
}

async function isListening(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
