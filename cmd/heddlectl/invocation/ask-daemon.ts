// Calls of the running daemon, with its errors as sentences.
import { status, type ServiceError } from '@grpc/grpc-js';
import { existsSync } from 'node:fs';
import { ApiClient } from '../../../loader/api/client.ts';
import type { MethodOf } from '../../../loader/api/service-definition.ts';
import { labHint } from './lab-advice.ts';
import { requireConfig, type Target } from './target.ts';
import { UsageError } from './usage-error.ts';

/** Rejects with one sentence: the daemon's error, or that it is not running. */
export async function askDaemon<Request, Reply>(
  target: Target,
  method: MethodOf<Request, unknown, never, Reply>,
  request: Request,
): Promise<Reply> {
  const { socket } = requireConfig(target, objectOf(method.path));
  if (!existsSync(socket)) throw notRunning(socket);
  using client = new ApiClient(socket);
  try {
    return await client.ask(method, request);
  } catch (error) {
    throw asSentence(error, socket);
  }
}

/** As `askDaemon`; undefined when no daemon replies. */
export async function askDaemonIfRunning<Request, Reply>(
  target: Target,
  method: MethodOf<Request, unknown, never, Reply>,
  request: Request,
): Promise<Reply | undefined> {
  const socket = target.config?.socket;
  if (socket === undefined || !existsSync(socket)) return undefined;
  using client = new ApiClient(socket);
  try {
    return await client.ask(method, request);
  } catch (error) {
    if (isServiceError(error) && error.code === status.UNAVAILABLE) return undefined;
    throw asSentence(error, socket);
  }
}

/** INVALID_ARGUMENT is an error of the command line. */
export function asSentence(error: unknown, socket: string): unknown {
  if (!isServiceError(error)) return error;
  if (error.code === status.UNAVAILABLE) return notRunning(socket);
  if (error.code === status.INVALID_ARGUMENT) return new UsageError(error.details);
  return new Error(error.details);
}

export function notRunning(socket: string): Error {
  const cure = 'start it, or name another install with --config';
  return new Error(`heddled does not answer on ${socket}: ${cure}${labHint(process.argv)}`);
}

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}

/** `policy` for `/heddle.v1.Policy/ListPolicies`. */
function objectOf(path: string): string {
  return /\.(\w+)\//.exec(path.replace('/heddle.v1', ''))?.[1]?.toLowerCase() ?? path;
}
