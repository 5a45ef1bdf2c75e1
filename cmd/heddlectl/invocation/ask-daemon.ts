// Calls of the running daemon, with its errors as sentences.
import { status, type ServiceError } from '@grpc/grpc-js';
import { ApiClient } from '../../../loader/api/client.ts';
import type { MethodOf } from '../../../loader/api/service-definition.ts';
import { probeDaemon, type DaemonPresence } from '../../../loader/api/status-client.ts';
import { labHint } from './lab-advice.ts';
import { requireConfig, type Target } from './target.ts';
import { UsageError } from './usage-error.ts';

/** Rejects with one sentence: the daemon's error, or that it does not run or hangs; then it was not asked. */
export async function askDaemon<Request, Reply>(
  target: Target,
  method: MethodOf<Request, unknown, never, Reply>,
  request: Request,
): Promise<Reply> {
  const { socket } = requireConfig(target, objectOf(method.path));
  await requireAnswer(socket);
  return ask(socket, method, request);
}

/** As `askDaemon`; undefined when there is no daemon. It rejects for one that hangs: it may go on at any time. */
export async function askDaemonIfRunning<Request, Reply>(
  target: Target,
  method: MethodOf<Request, unknown, never, Reply>,
  request: Request,
): Promise<Reply | undefined> {
  const socket = target.config?.socket;
  if (socket === undefined || (await presenceOf(socket)) === 'absent') return undefined;
  return askDaemon(target, method, request);
}

/** As `askDaemon`, for what is only read and can be read from the pins instead: undefined also when the daemon hangs. */
export async function askDaemonIfAnswering<Request, Reply>(
  target: Target,
  method: MethodOf<Request, unknown, never, Reply>,
  request: Request,
): Promise<Reply | undefined> {
  const socket = target.config?.socket;
  if (socket === undefined || (await presenceOf(socket)) !== 'answers') return undefined;
  return ask(socket, method, request);
}

/** Rejects unless the daemon of that socket answers: a call would wait until its deadline, and a stream for ever. */
export async function requireAnswer(socket: string): Promise<void> {
  const presence = await presenceOf(socket);
  if (presence === 'absent') throw notRunning(socket);
  if (presence === 'hangs') throw hangs(socket);
}

/** By socket: one that hangs is waited for once in a run. */
const presences = new Map<string, Promise<DaemonPresence>>();

function presenceOf(socket: string): Promise<DaemonPresence> {
  const known = presences.get(socket) ?? probeDaemon(socket);
  presences.set(socket, known);
  return known;
}

async function ask<Request, Reply>(
  socket: string,
  method: MethodOf<Request, unknown, never, Reply>,
  request: Request,
): Promise<Reply> {
  using client = new ApiClient(socket);
  try {
    return await client.ask(method, request);
  } catch (error) {
    throw await asSentence(error, socket);
  }
}

/** INVALID_ARGUMENT is an error of the command line; UNAVAILABLE that of a daemon that is gone, or of one that has not started yet. */
export async function asSentence(error: unknown, socket: string): Promise<unknown> {
  if (!isServiceError(error)) return error;
  if (error.code === status.UNAVAILABLE && (await probeDaemon(socket)) !== 'answers')
    return notRunning(socket);
  if (error.code === status.INVALID_ARGUMENT) return new UsageError(error.details);
  if (error.code === status.DEADLINE_EXCEEDED)
    return new Error(`${hangs(socket).message}; it was asked, and may still do it`);
  return new Error(error.details);
}

function notRunning(socket: string): Error {
  const cure = 'start it, or name another install with --config';
  return new Error(`heddled does not answer on ${socket}: ${cure}${labHint(process.argv)}`);
}

export function hangs(socket: string): Error {
  return new Error(
    `heddled does not answer on ${socket}, though a process listens there: it hangs, is stopped (SIGSTOP) or very busy; ` +
      'if that lasts, restart it: traffic goes on meanwhile',
  );
}

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}

/** `policy` for `/heddle.v1.Policy/ListPolicies`. */
function objectOf(path: string): string {
  return /\.(\w+)\//.exec(path.replace('/heddle.v1', ''))?.[1]?.toLowerCase() ?? path;
}
