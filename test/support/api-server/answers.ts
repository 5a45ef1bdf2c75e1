// Requests as the stand-in sees them, and the forms of what it answers.
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface SeenRequest {
  readonly atMs: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly authorization: string;
  readonly body: unknown;
}

/** What becomes of a request instead of its answer; `hang`: nothing; `stall`: the beginning of an answer, and nothing more. */
export type Fault =
  | { readonly status: number; readonly message?: string; readonly retryAfter?: string }
  | 'hang'
  | 'stall'
  | 'break';

export async function seenRequest(request: IncomingMessage): Promise<SeenRequest> {
  const url = new URL(request.url ?? '/', 'https://stand-in');
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    atMs: Date.now(),
    method: request.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    contentType: request.headers['content-type'] ?? '',
    authorization: request.headers.authorization ?? '',
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

export function refuse(
  response: ServerResponse,
  { status, message = 'no', retryAfter }: Exclude<Fault, string>,
): void {
  if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
  answer(response, status, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status });
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
