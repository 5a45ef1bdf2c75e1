// Why a call of the Kubernetes API failed, and the sentence that reports it.
import * as z from 'zod';
import { messageOf } from '../../errors.ts';
import { oneLine } from '../outage.ts';
import { resourceName, type ApiCall } from './api-calls.ts';

interface FailureDetail {
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly isInterruption?: boolean;
  readonly causes?: readonly string[];
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
  /** Reasons of metav1.StatusCause. */
  readonly causes: readonly string[];

  constructor(message: string, more: FailureDetail = {}) {
    super(message, { cause: more.cause });
    this.isInterruption = more.isInterruption ?? false;
    this.causes = more.causes ?? [];
    this.status = more.status;
    this.retryAfterMs = more.retryAfterMs ?? 0;
  }
}

const statusObject = z.object({
  message: z.string().catch(''),
  details: z
    .object({
      causes: z.array(z.object({ reason: z.string().catch('') })).catch([]),
      retryAfterSeconds: z.number().catch(0),
    })
    .partial()
    .nullish()
    .catch(undefined),
});

/** A server that asks for more patience is asked again all the same. */
const MAX_RETRY_AFTER_SECONDS = 300;

/** `body` is what the server said, a Status if it was itself; `retryAfter` the header of that name. */
export function refusalOf(status: number, body: string, retryAfter: string | undefined): ApiFailure {
  const { message, details } = statusOf(body) ?? {};
  const seconds = Math.max(secondsOf(retryAfter), details?.retryAfterSeconds ?? 0);
  return new ApiFailure(message === undefined || message === '' ? `HTTP status ${status}` : message, {
    status,
    retryAfterMs: Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1_000,
    causes: details?.causes?.map(({ reason }) => reason) ?? [],
  });
}

/** The other form of the header is a date of the server's clock, which may not be ours. */
function secondsOf(retryAfter = '0'): number {
  return /^\d+$/.test(retryAfter) ? Number(retryAfter) : 0;
}

export function failureOf(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  const message = messageOf(error);
  return new ApiFailure(message === '' ? 'the connection failed' : message, { cause: error });
}

/** Of an answer that is a refusal. */
export function refusedSentence(call: ApiCall, failure: ApiFailure, since: Date): string {
  const what = `${call.verb} ${resourceName(call)}`;
  const failing = `the API server answers ${failure.status ?? 0} to '${what}' since ${since.toISOString()}`;
  const advice =
    failure.status === 401
      ? 'see that the token or certificate is valid'
      : failure.status === 403
        ? `allow the verb ${call.verb} as deploy/kubernetes/heddle.yaml does`
        : 'what it said before stays active';
  return `${failing} (${oneLine(failure.message)}): ${advice}`;
}

function statusOf(body: string): z.infer<typeof statusObject> | undefined {
  try {
    return statusObject.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined; // a proxy's page
  }
}
