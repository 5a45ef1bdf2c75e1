// Speaks HTTP with the API server: a call and its answer, or a call and lines for as long as they come.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { VERSION } from '../../version.ts';
import { pathOf, type ApiCall } from './api-calls.ts';
import { ApiFailure, failureOf, refusalOf } from './api-failure.ts';
import type { Access, ClusterAccess } from './cluster-access.ts';
import { linesOf, textOf } from './response-body.ts';
import { ServerContact } from './server-contact.ts';

export interface ApiRequest {
  readonly call: ApiCall;
  readonly names?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly value: unknown };
}

export class ApiClient {
  readonly #access: ClusterAccess;
  readonly #answerMs: number;
  readonly #signal: AbortSignal;
  readonly contact = new ServerContact();
  /** Ends of what is under way: one listener of the signal for all, however many there are. */
  readonly #running = new Set<() => void>();

  /** `signal` ends whatever is under way. */
  constructor(access: ClusterAccess, answerMs: number, signal: AbortSignal) {
    this.#access = access;
    this.#answerMs = answerMs;
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const end of this.#running) end();
    });
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

  /** Resolves when the server has agreed; the lines end with the server's consent, or throw, as after a silence of `quietMs`. */
  async watch(request: ApiRequest, quietMs: number): Promise<AsyncGenerator<string, void>> {
    return linesOf(await this.#open(request, quietMs));
  }

  /** What proves who we are may have been replaced a moment ago: only a second 401 counts. */
  async #open(request: ApiRequest, quietMs: number): Promise<IncomingMessage> {
    try {
      const access = await this.#access.requestOptions();
      const first = await this.#send(request, access, quietMs);
      if (first.statusCode !== 401) return await accepted(first);
      await textOf(first);
      this.#access.renew(access.credentials);
      return await accepted(await this.#send(request, await this.#access.requestOptions(), quietMs));
    } catch (error) {
      throw failureOf(error);
    }
  }

  /**
   * A connection that was kept may have been closed by the server a moment ago: the next one is tried, a new one in the end.
   * All requests can be sent twice: patches say what is to be, and an Event is known by its name.
   */
  async #send(request: ApiRequest, access: Access, quietMs: number): Promise<IncomingMessage> {
    for (;;) {
      try {
        return await this.#request(request, access, quietMs);
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error;
      }
    }
  }

  async #request(
    { call, names, query, body }: ApiRequest,
    { server, headers, options }: Access,
    quietMs: number,
  ): Promise<IncomingMessage> {
    this.#signal.throwIfAborted();
    const url = new URL(server + pathOf(call, names));
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const text = body === undefined ? undefined : JSON.stringify(body.value);
    const sent = {
      ...headers,
      Accept: 'application/json',
      'Accept-Encoding': 'gzip', // a server compresses what is longer than 128 KB, and no watch
      'User-Agent': `heddled/${VERSION}`,
      ...(body !== undefined && {
        'Content-Type': body.type,
        'Content-Length': Buffer.byteLength(text ?? ''),
      }),
    };
    const request = httpsRequest(url, { ...options, method: call.method, headers: sent });
    const response = this.#answered(request, quietMs);
    request.end(text);
    return response;
  }

  /** The answer's beginning. The request ends when the server says nothing for `#answerMs`, then `quietMs`, or with the signal. */
  #answered(request: ClientRequest, quietMs: number): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      let response: IncomingMessage | undefined;
      const end = (failure: Error) => (response ?? request).destroy(failure);
      const silence = (ms: number) => setTimeout(() => end(silentFor(ms)), ms);
      const onAbort = () => end(new ApiFailure('stopped'));
      let timer = silence(this.#answerMs);
      this.#running.add(onAbort);
      request.on('close', () => {
        clearTimeout(timer);
        this.#running.delete(onAbort);
      });
      // once there is a response, its reader has the error
      request.on('error', error =>
        reject(isReset(error) && request.reusedSocket ? new StaleConnection() : error),
      );
      request.on('response', received => {
        response = received;
        this.contact.answered();
        clearTimeout(timer);
        timer = silence(quietMs);
        received.on('data', () => timer.refresh());
        received.pause();
        resolve(received);
      });
    });
  }
}

class StaleConnection extends Error {}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ECONNRESET' || error.code === 'EPIPE';
}

function silentFor(ms: number): ApiFailure {
  return new ApiFailure(`no word within ${ms / 1_000} s`);
}

async function accepted(response: IncomingMessage): Promise<IncomingMessage> {
  const { statusCode = 0 } = response;
  if (statusCode >= 200 && statusCode < 300) return response;
  throw refusalOf(statusCode, await textOf(response), response.headers['retry-after']);
}
