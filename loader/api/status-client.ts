// Reads the status of a daemon over its socket, and whether there is one that answers.
import { once } from 'node:events';
import { connect } from 'node:net';
import { status as code } from '@grpc/grpc-js';
import { API, ApiClient } from './client.ts';
import type { heddle } from './proto.gen.js';

export type DaemonStatus = heddle.v1.GetStatusResponse;

/** `hangs`: a process has the socket, so the kernel accepts connections, and nothing answers on them (SIGSTOP, an endless loop). */
export type DaemonPresence = 'answers' | 'hangs' | 'absent';

/** A daemon that is only busy answers sooner. */
const PROBE_MS = 5_000;

/** `undefined` when no daemon replies on that socket in time. */
export async function askStatus(socketPath: string, timeoutMs = 2_000): Promise<DaemonStatus | undefined> {
  // grpc-js keeps connecting after a client was closed, so no client is created without a listener.
  if (!(await isListening(socketPath))) return undefined;
  using client = new ApiClient(socketPath);
  // The reason is dropped; a caller that needs it uses ApiClient.
  return await client.ask(API.dataplane.getStatus, {}, timeoutMs).catch(() => undefined);
}

export async function probeDaemon(socketPath: string, timeoutMs = PROBE_MS): Promise<DaemonPresence> {
  if (!(await isListening(socketPath))) return 'absent';
  using client = new ApiClient(socketPath);
  try {
    await client.ask(API.health.check, {}, timeoutMs);
    return 'answers';
  } catch (error) {
    const failure = (error as { readonly code?: unknown }).code;
    if (failure === code.DEADLINE_EXCEEDED) return 'hangs';
    return failure === code.UNAVAILABLE ? 'absent' : 'answers';
  }
}

/** Whether a process has the socket; it may hang all the same. Rejects for a user who may not know. */
export async function isListening(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw error;
    return false;
  } finally {
    socket.destroy();
  }
}
