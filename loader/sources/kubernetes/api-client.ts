// Speaks HTTP with the API server: a call and its answer, or a call and lines for as long as they come.
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { VERSION } from '../../version.ts';
import { pathOf, type ApiCall } from './api-calls.ts';
import { ApiFailure, failureOf, refusalOf } from './api-failure.ts';
import type { ClusterAccess } from './cluster-access.ts';

export interface ApiRequest {
  readonly call: ApiCall;
  readonly names?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly value: unknown };
}

/** An object of the API has at most 1.5 MB in etcd; a watch event is one line. */
const LINE_CHARACTERS = 16 * 1024 * 1024;

export class ApiClient {
  readonly #access: ClusterAccess;
  readonly #answerMs: number;
  readonly #signal: AbortSignal;

  /** `signal` ends whatever is under way. */
  constructor(access: ClusterAccess, answerMs: number, signal: AbortSignal) {
    this.#access = access;
    this.#answerMs = answerMs;
    this.#signal = signal;
  }

  get server(): string {
    return this.#access.server;
  }

  /** What the server answers, parsed. Rejects with `ApiFailure`, as all here do. */
  async send(request: ApiRequest): Promise<unknown> {
    const body = await textOf(await this.#open(request, this.#answerMs));
    try {
      return JSON.parse(body);
    } catch (error) {
      throw new ApiFailure('the answer is no JSON', { cause: error });
    }
  }

  /** Resolves when the server has agreed; the lines end with the server's consent, or throw. */
  async watch(request: ApiRequest, mostMs: number): Promise<AsyncGenerator<string, void>> {
    return linesOf(await this.#open(request, mostMs));
  }

  /** What proves who we are may have been replaced a moment ago: a 401 is believed the second time. */
  async #open(request: ApiRequest, silenceMs: number): Promise<IncomingMessage> {
    try {
      const first = await this.#request(request, silenceMs);
      if (first.statusCode !== 401) return await accepted(first);
      await textOf(first);
      this.#access.renew();
      return await accepted(await this.#request(request, silenceMs));
    } catch (error) {
      throw failureOf(error);
    }
  }

  async #request({ call, names, query, body }: ApiRequest, silenceMs: number): Promise<IncomingMessage> {
    const { headers, ...options } = await this.#access.requestOptions();
    this.#signal.throwIfAborted();
    const url = new URL(this.#access.server + pathOf(call, names));
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const text = body === undefined ? undefined : JSON.stringify(body.value);
    const sent = {
      ...(headers as Record<string, string>),
      Accept: 'application/json',
      'User-Agent': `heddled/${VERSION}`,
      ...(body !== undefined && {
        'Content-Type': body.type,
        'Content-Length': Buffer.byteLength(text ?? ''),
      }),
    };
    return new Promise((resolve, reject) => {
      let response: IncomingMessage | undefined;
      const request = httpsRequest(url, { ...options, method: call.method, headers: sent });
      const end = (failure: Error) => (response ?? request).destroy(failure);
      const silence = () => end(new ApiFailure(`no word within ${this.#answerMs / 1000} s`));
      const onAbort = () => end(new ApiFailure('stopped'));
      let timer = setTimeout(silence, this.#answerMs);
      this.#signal.addEventListener('abort', onAbort, { once: true });
      request.on('close', () => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', onAbort);
      });
      request.on('error', reject); // once there is a response, its reader has the error
      request.on('response', received => {
        response = received;
        clearTimeout(timer);
        timer = setTimeout(silence, silenceMs);
        if (silenceMs === this.#answerMs) received.on('data', () => timer.refresh());
        received.pause();
        resolve(received);
      });
      request.end(text);
    });
  }
}

async function accepted(response: IncomingMessage): Promise<IncomingMessage> {
  const { statusCode = 0 } = response;
  if (statusCode >= 200 && statusCode < 300) return response;
  throw refusalOf(statusCode, await textOf(response), response.headers['retry-after']);
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    throw failureOf(error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Whoever stops reading ends the connection. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void> {
  response.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of response as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_CHARACTERS) throw new ApiFailure('a line of the watch has no end');
      for (const line of lines) if (line !== '') yield line;
    }
  } catch (error) {
    const { message, cause } = failureOf(error);
    throw new ApiFailure(message, { isInterruption: true, cause });
  }
  if (rest !== '') throw new ApiFailure('the watch broke off within a line', { isInterruption: true });
}
