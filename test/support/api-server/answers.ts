// Requests as the stand-in sees them, and the forms of what it answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

export interface SeenRequest {
  readonly atMs: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly acceptsGzip: boolean;
  readonly authorization: string;
  /** Another request came by its connection before. */
  readonly isReused: boolean;
  readonly body: unknown;
}

const used = new WeakSet<object>();

/** What becomes of a request instead of its answer; `hang`: nothing; `stall`: the beginning of an answer, and nothing more. */
export type Fault = Refusal | OtherBody | 'hang' | 'stall' | 'break';

/** All of an answer that is a success. */
export interface OtherBody {
  readonly body: string;
}

export interface Refusal {
  readonly status: number;
  readonly message?: string;
  readonly retryAfter?: string;
  readonly causes?: readonly {
    readonly reason: string;
    readonly field?: string;
    readonly message?: string;
  }[];
  /** With an expired `continue`: one with which the list goes on, though not at the same moment. */
  readonly freshToken?: string;
}

/** metav1.StatusReason by code. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'AlreadyExists',
  410: 'Expired',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** k8s.io/apiserver: defaultGzipThresholdBytes. */
const GZIP_BYTES = 128 * 1024;

export async function seenRequest(request: IncomingMessage): Promise<SeenRequest> {
  const url = new URL(request.url ?? '/', 'https://stand-in');
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const isReused = used.has(request.socket);
  used.add(request.socket);
  return {
    isReused,
    atMs: Date.now(),
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    contentType: request.headers['content-type'] ?? '',
    acceptsGzip: /\bgzip\b/.test(request.headers['accept-encoding'] ?? ''),
    authorization: request.headers.authorization ?? '',
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

export function statusObject({ status, message = 'no', retryAfter, causes, freshToken }: Refusal): object {
  const details = {
    ...(causes !== undefined && { causes }),
    ...(retryAfter !== undefined && { retryAfterSeconds: Number(retryAfter) }),
  };
  return {
    ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status },
    metadata: freshToken === undefined ? {} : { continue: freshToken },
    reason: REASONS[status] ?? '',
    ...(Object.keys(details).length > 0 && { details }),
  };
}

export function refuse(response: ServerResponse, refusal: Refusal): void {
  if (refusal.retryAfter !== undefined) response.setHeader('Retry-After', refusal.retryAfter);
  answer(response, refusal.status, statusObject(refusal));
}

export interface AnswerForm {
  readonly acceptsGzip: boolean;
  /** The connection ends in the middle. */
  readonly isCut: boolean;
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  { acceptsGzip, isCut }: AnswerForm = { acceptsGzip: false, isCut: false },
): void {
  const text = JSON.stringify(body);
  const isCompressed = acceptsGzip && text.length > GZIP_BYTES;
  const bytes = isCompressed ? gzipSync(text, { level: 1 }) : Buffer.from(text);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    ...(isCompressed && { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' }),
  });
  if (isCut) response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  else response.end(bytes);
}
