// Why a call of the Kubernetes API failed, and the sentence that reports it.
import { z } from 'zod';
import { messageOf } from '../../errors.ts';
import { oneLine } from '../outage.ts';
import { resourceName, type ApiCall } from './api-calls.ts';

interface FailureDetail {
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly isInterruption?: boolean;
  readonly cause?: unknown;
}

/** Does not leave this folder: callers report its sentence and retry. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  /** Absent: there was no answer. */
  readonly status: number | undefined;
  /** The server's Retry-After. */
  readonly retryAfterMs: number;
  /** The server had begun to answer: broken connections are ordinary and not reported. */
  readonly isInterruption: boolean;

  constructor(message: string, more: FailureDetail = {}) {
    super(message, { cause: more.cause });
    this.isInterruption = more.isInterruption ?? false;
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs ?? 0;
  }
}

const statusObject = z.object({ message: z.string() });

/** `body` is what the server said, a Status if it was itself. */
export function refusalOf(status: number, body: string, retryAfter: string | undefined): ApiFailure {
  const seconds = Number(retryAfter ?? 0);
  return new ApiFailure(statusMessage(body) ?? `HTTP status ${status}`, {
    status,
    retryAfterMs: Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 300) * 1_000 : 0,
  });
}

export function failureOf(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  const message = messageOf(error);
  return new ApiFailure(message === '' ? 'the connection failed' : message, { cause: error });
}

/** Of an answer that is a refusal. */
export function refusedSentence(call: ApiCall, failure: ApiFailure, since: Date): string {
  const what = `${call.verb} ${resourceName(call)}`;
  const told = `the API server answers ${failure.status ?? 0} to '${what}' since ${since.toISOString()}`;
  const advice =
    failure.status === 401
      ? 'see that the token or certificate is valid'
      : failure.status === 403
        ? `allow the verb ${call.verb} as deploy/kubernetes/heddle.yaml does`
        : 'what it said before stays in force';
  return `${told} (${oneLine(failure.message)}): ${advice}`;
}

function statusMessage(body: string): string | undefined {
  try {
    return statusObject.safeParse(JSON.parse(body)).data?.message;
  } catch {
    return undefined; // a proxy's page
  }
}
