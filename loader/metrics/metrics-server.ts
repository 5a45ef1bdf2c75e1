// HTTP for Prometheus and for probes: /metrics, /healthz, /readyz.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../errors.ts';

export interface MetricsServerOptions {
  /** `address:port`, `[address]:port`. */
  readonly listen: string;
  /** The text for Prometheus and its content type. */
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
  /** Reasons why the daemon is not ready; empty: it is ready. */
  readonly unready: () => readonly string[];
  /** Called with the reason why the server does not listen; undefined: it listens. */
  readonly onProblem: (sentence: string | undefined) => void;
}

/** The port may become free: a previous daemon may still be stopping. */
const RETRY_MS = 5_000;
/** All that liveness is: a daemon that waits for something, or has much to do, must not be killed for it. */
const ALIVE = 'ok: the event loop of heddled answers; /readyz says whether a pod added now would work\n';
const REQUEST_MS = 10_000;
const CONNECTIONS = 64;

export class MetricsServer {
  readonly #options: MetricsServerOptions;
  readonly #server: Server;
  #retry: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** Starts to listen. A failure is reported to `onProblem` and retried; it does not throw. */
  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#server = createServer(
      { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
      (request, response) => {
        void this.#answer(request, response);
      },
    );
    this.#server.maxConnections = CONNECTIONS;
    this.#server.on('error', error => this.#failed(error));
    this.#server.on('listening', () => options.onProblem(undefined));
    this.#listen();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #listen(): void {
    const { listen } = this.#options;
    const colon = listen.lastIndexOf(':');
    const host = listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
    // Without a host Node takes ::, or 0.0.0.0 where the kernel has no IPv6.
    this.#server.listen({ ...(host !== '::' && { host }), port: Number(listen.slice(colon + 1)) });
  }

  #failed(error: Error): void {
    if (this.#isStopped) return;
    const { listen, onProblem } = this.#options;
    onProblem(
      `metrics are not served on ${listen}, set metrics.listen to another address or to off: ${error.message}`,
    );
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#listen(), RETRY_MS).unref();
  }

  async #answer({ method, url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (method !== 'GET' && method !== 'HEAD')
        reply(response, 405, 'only GET and HEAD are allowed\n', { allow: 'GET, HEAD' });
      else await this.#route(url.split('?', 1)[0] ?? '/', response);
    } catch (error) {
      reply(response, 500, `${messageOf(error)}\n`);
    }
  }

  async #route(path: string, response: ServerResponse): Promise<void> {
    if (path === '/metrics') {
      const { text, contentType } = await this.#options.metrics();
      reply(response, 200, text, { 'content-type': contentType });
    } else if (path === '/healthz') reply(response, 200, ALIVE);
    else if (path === '/readyz') {
      const reasons = this.#options.unready();
      if (reasons.length === 0) reply(response, 200, 'ok\n');
      else reply(response, 503, `${reasons.join('\n')}\n`);
    } else reply(response, 404, 'not found: paths are /metrics, /healthz and /readyz\n');
  }
}

function reply(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(text);
}
