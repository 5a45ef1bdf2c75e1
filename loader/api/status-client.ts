// Asks a daemon over its socket how it is.
import { once } from 'node:events';
import { connect } from 'node:net';
import { API, ApiClient } from './client.ts';
import type { heddle } from './proto.gen.js';

export type DaemonStatus = heddle.v1.GetStatusResponse;

/** `undefined` when no daemon answers on that socket within the time. */
export async function askStatus(socketPath: string, timeoutMs = 2_000): Promise<DaemonStatus | undefined> {
  // grpc-js goes on connecting for a client that was closed: one that nobody answers yet is not begun.
  if (!(await isListening(socketPath))) return undefined;
  using client = new ApiClient(socketPath);
  // Whatever the reason, it does not answer; who wants to know why asks with the client itself.
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
