// One connection at a time to a cluster: to the next member that serves, once the one before is lost.
import { Connection, type ConnectionOptions } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { EtcdError } from './errors.ts';

export class Connector {
  readonly #endpoints: readonly Endpoint[];
  readonly #options: ConnectionOptions;
  /** Of the endpoint to connect to next: nodes begin at different ones. */
  #next: number;
  #connection: Connection | undefined;
  #connecting: Promise<Connection> | undefined;
  #isClosed = false;

  constructor(endpoints: readonly Endpoint[], options: ConnectionOptions) {
    this.#endpoints = endpoints;
    this.#options = options;
    this.#next = Math.floor(Math.random() * endpoints.length);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The connection that there is, or a new one. Rejects with why no member serves. */
  async connected(): Promise<Connection> {
    if (this.#connection?.isClosed === false) return this.#connection;
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
    this.#connection = await this.#connecting;
    if (this.#isClosed) this.close();
    return this.#connection;
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close(new EtcdError('CLOSED', 'the client was closed'));
  }

  async #connect(): Promise<Connection> {
    const failures = new Map<Endpoint, EtcdError>();
    for (let tries = 0; tries < this.#endpoints.length && !this.#isClosed; tries++) {
      const endpoint = this.#endpoints[this.#next % this.#endpoints.length];
      this.#next += 1;
      if (endpoint === undefined) break;
      try {
        return await Connection.open(endpoint, this.#options);
      } catch (error) {
        failures.set(endpoint, connectError(error));
      }
    }
    throw this.#failureOf(failures);
  }

  /** In the order of the endpoints, wherever it began: the same failures are the same sentence. */
  #failureOf(failures: ReadonlyMap<Endpoint, EtcdError>): EtcdError {
    const errors = this.#endpoints.flatMap(endpoint => {
      const error = failures.get(endpoint);
      return error === undefined ? [] : [{ endpoint, error }];
    });
    const [first] = errors;
    if (first === undefined) return new EtcdError('CLOSED', 'the client was closed');
    if (errors.every(({ error }) => error.message === first.error.message)) return first.error;
    const isOne = errors.every(({ error }) => error.code === first.error.code);
    const sentences = errors.map(({ endpoint, error }) => `${endpoint.url}: ${error.message}`);
    return new EtcdError(isOne ? first.error.code : 'UNAVAILABLE', sentences.join('; '));
  }
}

/** What is not etcd's is thrown by the caller's own reading of credentials. */
function connectError(error: unknown): EtcdError {
  if (error instanceof EtcdError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new EtcdError('CREDENTIALS', reason, { cause: error });
}
