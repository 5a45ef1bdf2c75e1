// A connection to one member, with the credentials that were there when it was made.
import {
  Client,
  connectivityState,
  Metadata,
  type ClientDuplexStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { channelCredentials, type Credentials } from './credentials.ts';
import { isLoopback, type Endpoint } from './endpoint.ts';
import { errorOf, EtcdError, isEtcdError, isJudgement } from './errors.ts';
import { METHODS, type Method } from './methods.ts';

export interface ConnectionOptions {
  /** Reads them anew: they may be replaced on disk at any time. */
  readonly credentials: () => Credentials;
  /** A call that is not answered by then has failed. */
  readonly callMs: number;
}

const CHANNEL_OPTIONS = {
  // A channel is made for each connection: it shares neither a socket nor a backoff with the one before.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_retries': 0,
  // A channel whose member refuses it connects once more after its backoff, closed or not (grpc-js 1.14: nothing ends
  // TRANSIENT_FAILURE of a subchannel without references), and stays connected for ever if the member is back by then.
  'grpc.initial_reconnect_backoff_ms': 1,
  'grpc.max_receive_message_length': -1, // etcd bounds its answers by the page size
};

/** The variables that grpc-js reads: without them no name needs to be looked up to know what is proxied. */
const PROXY_VARIABLES = ['grpc_proxy', 'https_proxy', 'http_proxy'];

export class Connection {
  readonly endpoint: Endpoint;
  readonly #options: ConnectionOptions;
  readonly #client: Client;
  readonly #calls = new Set<{ cancel(): void }>();
  #token: string | undefined;
  #renewal: Promise<boolean> | undefined;
  #closed: EtcdError | undefined;

  private constructor(endpoint: Endpoint, options: ConnectionOptions, client: Client) {
    this.endpoint = endpoint;
    this.#options = options;
    this.#client = client;
  }

  /** Rejects, and has closed it, unless the member serves: it has a leader, and knows us if it has users. */
  static async open(endpoint: Endpoint, options: ConnectionOptions): Promise<Connection> {
    const channel = channelCredentials(endpoint, options.credentials());
    const client = new Client(endpoint.target, channel, {
      ...CHANNEL_OPTIONS,
      ...(hasProxy() && (await isLoopback(endpoint.host)) && { 'grpc.enable_http_proxy': 0 }),
    });
    const connection = new Connection(endpoint, options, client);
    try {
      await connection.#refuseWithoutLeader();
      await connection.#authenticate();
      connection.#closeWhenLost();
      return connection;
    } catch (error) {
      connection.close(new EtcdError('CLOSED', 'the connection was not made'));
      throw error;
    }
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** With a new token where the one it had is not accepted any more. */
  async ask<Request, Answer>(method: Method<Request, Answer>, request: Request): Promise<Answer> {
    const token = this.#token;
    try {
      return await this.#ask(method, request);
    } catch (error) {
      if (!isEtcdError(error, 'UNAUTHENTICATED') || !(await this.#renewToken(token))) throw error;
      return await this.#ask(method, request);
    }
  }

  /** Open until the caller or the server ends it, or `close`. */
  stream<Request, Answer>(method: Method<Request, Answer>): ClientDuplexStream<Request, Answer> {
    this.#refuseIfClosed();
    const { path, serialize, deserialize } = method;
    const stream = this.#client.makeBidiStreamRequest(path, serialize, deserialize, this.#metadata());
    this.#calls.add(stream);
    stream.on('status', () => this.#calls.delete(stream));
    return stream;
  }

  /** One request and its answer on a stream of their own. */
  exchange<Request, Answer>(method: Method<Request, Answer>, request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const stream = this.stream(method);
      const late = this.#cancelLater(stream, reject);
      stream.on('data', (answer: Answer) => {
        resolve(answer);
        stream.end();
      });
      stream.on('error', error => reject(this.failure(error)));
      stream.on('status', () => {
        clearTimeout(late);
        reject(new EtcdError('UNAVAILABLE', 'the server ended the stream'));
      });
      stream.write(request);
    });
  }

  /** Why a call or stream of this connection has ended. */
  failure(error: Error): EtcdError {
    return this.#closed ?? errorOf(error as ServiceError);
  }

  /** Calls and streams that are open end with that error. */
  close(reason: EtcdError): void {
    this.#closed ??= reason;
    for (const call of this.#calls) call.cancel();
    this.#client.close();
  }

  #ask<Request, Answer>(method: Method<Request, Answer>, request: Request): Promise<Answer> {
    this.#refuseIfClosed();
    const { path, serialize, deserialize } = method;
    return new Promise((resolve, reject) => {
      const metadata = this.#metadata();
      const call = this.#client.makeUnaryRequest(
        path,
        serialize,
        deserialize,
        request,
        metadata,
        (error, answer) => {
          clearTimeout(late);
          this.#calls.delete(call);
          if (error !== null) reject(this.failure(error));
          else if (answer !== undefined) resolve(answer);
        },
      );
      this.#calls.add(call);
      const late = this.#cancelLater(call, reject);
    });
  }

  /** grpc-js's own deadlines are times of day, which a clock change moves. */
  #cancelLater(call: { cancel(): void }, reject: (error: EtcdError) => void): NodeJS.Timeout {
    const { callMs } = this.#options;
    return setTimeout(() => {
      reject(new EtcdError('TIMEOUT', `no answer for ${callMs / 1_000} s`));
      call.cancel();
    }, callMs);
  }

  /** A channel would connect again by itself, with the credentials of before. */
  #closeWhenLost(): void {
    const channel = this.#client.getChannel();
    const close = (): void => this.close(new EtcdError('UNAVAILABLE', 'the connection was lost'));
    if (channel.getConnectivityState(false) !== connectivityState.READY) close();
    else channel.watchConnectivityState(connectivityState.READY, Infinity, close);
  }

  /** Without it a member that is cut off from the others serves watches in which nothing happens. */
  #metadata(): Metadata {
    const metadata = new Metadata();
    metadata.set('hasleader', 'true');
    if (this.#token !== undefined) metadata.set('token', this.#token);
    return metadata;
  }

  async #refuseWithoutLeader(): Promise<void> {
    try {
      const { leader, isLearner } = await this.#ask(METHODS.status, {});
      if (leader === 0) throw new EtcdError('UNAVAILABLE', 'etcdserver: no leader');
      if (isLearner) throw new EtcdError('UNAVAILABLE', 'the member is a learner');
    } catch (error) {
      if (!isJudgement(error) && !isEtcdError(error, 'UNAUTHENTICATED')) throw error; // else it is there, and says so
    }
  }

  /** False: the token is as good as it gets, for no user is configured. */
  #renewToken(old: string | undefined): Promise<boolean> {
    if (this.#token !== old) return Promise.resolve(true);
    this.#renewal ??= this.#authenticate().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #authenticate(): Promise<boolean> {
    const { user } = this.#options.credentials();
    if (user === undefined) return false;
    this.#token = undefined;
    try {
      const { token } = await this.#ask(METHODS.authenticate, user);
      this.#token = token;
    } catch (error) {
      if (!(error instanceof EtcdError) || !/authentication is not enabled/.test(error.message)) throw error;
    }
    return true;
  }

  #refuseIfClosed(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }
}

function hasProxy(): boolean {
  return PROXY_VARIABLES.some(name => (process.env[name] ?? '') !== '');
}
