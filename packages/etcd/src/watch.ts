// A watch of a range, with a proof of life: it ends when the member does not answer, instead of being silent.
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Connection } from './connection.ts';
import { cancelError, EtcdError } from './errors.ts';
import type { KeyRange } from './key-range.ts';
import { keyValueOf, type KeyValue } from './key-value.ts';
import { METHODS } from './methods.ts';
import type { etcdserverpb as rpc } from './rpc.gen.js';
import { mvccpb } from './rpc.gen.js';

export interface WatchSpec {
  readonly range: KeyRange;
  /** The first revision whose changes are sent. */
  readonly startRevision: number;
  /** Answers in parts of 2 MB, put together here. A part costs etcd 3.4 time by the square of its events: 50,000 take it a second. */
  readonly fragment?: boolean;
}

export interface WatchEvent {
  readonly type: 'put' | 'delete';
  /** Of a delete: key and `modRevision` alone. */
  readonly entry: KeyValue;
}

export interface WatchListener {
  /** The member has taken it up, and is at that revision. */
  onCreated?(revision: number): void;
  /** All changes of one or several revisions, in order; a revision is never cut in two. */
  onEvents(events: readonly WatchEvent[]): void;
  /**
   * The member has answered what it was asked at that time (`performance.now()`). It is no word on revisions: before 3.4.25
   * and 3.5.8 such an answer overtakes events (etcd#15220).
   */
  onAlive?(askedAtMs: number): void;
}

export interface WatchTiming {
  /** How often the member is asked whether it lives. */
  readonly progressMs: number;
}

/** Questions without an answer after which the member is dead; one may be lost to a hang of our own. */
const MAX_UNANSWERED = 2;

type Stream = ClientDuplexStream<rpc.IWatchRequest, rpc.WatchResponse>;

export class Watch {
  readonly #connection: Connection;
  readonly #spec: WatchSpec;
  readonly #listener: WatchListener;
  readonly #stream: Stream;
  #unanswered = 0;
  #askedAtMs = 0;
  /** Parts of an answer that is too large for one message. */
  #fragments: rpc.WatchResponse[] = [];

  constructor(connection: Connection, spec: WatchSpec, listener: WatchListener) {
    this.#connection = connection;
    this.#spec = spec;
    this.#listener = listener;
    this.#stream = connection.stream(METHODS.watch);
  }

  /** Resolves once `signal` is aborted; rejects whenever else it ends. */
  async run({ progressMs }: WatchTiming, signal: AbortSignal): Promise<void> {
    const { range, startRevision, fragment = false } = this.#spec;
    let timer: NodeJS.Timeout | undefined;
    let stop: () => void = () => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        stop = resolve;
        if (signal.aborted) stop();
        signal.addEventListener('abort', stop);
        this.#stream.on('data', (answer: rpc.WatchResponse) => {
          try {
            this.#take(answer, reject);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error))); // the listener's own
          }
        });
        this.#stream.on('error', error => reject(this.#connection.failure(error)));
        this.#stream.on('end', () => reject(new EtcdError('UNAVAILABLE', 'the server ended the watch')));
        this.#stream.write({ createRequest: { ...range, startRevision, fragment } });
        timer = setInterval(() => this.#askForLife(progressMs, reject), progressMs);
      });
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', stop); // it outlives many watches
      this.#stream.removeAllListeners('data').on('error', () => undefined); // its end is its caller's own doing
      this.#stream.cancel();
    }
  }

  #askForLife(progressMs: number, fail: (error: EtcdError) => void): void {
    if (this.#unanswered >= MAX_UNANSWERED) {
      const silentS = Math.round((progressMs * (this.#unanswered + 1)) / 1_000);
      fail(new EtcdError('TIMEOUT', `the watch has no answer for ${silentS} s`));
      return;
    }
    if (this.#unanswered === 0) this.#askedAtMs = performance.now();
    this.#unanswered += 1;
    this.#stream.write({ progressRequest: {} });
  }

  #take(answer: rpc.WatchResponse, fail: (error: EtcdError) => void): void {
    if (answer.canceled) {
      fail(answer.compactRevision > 0 ? compacted(answer.compactRevision) : cancelError(answer.cancelReason));
      return;
    }
    if (answer.created) this.#created(answer);
    if (answer.events.length > 0 || answer.fragment) this.#gather(answer);
    if (!answer.created) this.#lives(); // events, or where the stream is
  }

  #created({ header }: rpc.WatchResponse): void {
    this.#unanswered = 0;
    this.#listener.onCreated?.(header?.revision ?? 0);
    this.#unanswered = 1;
    this.#askedAtMs = performance.now();
    this.#stream.write({ progressRequest: {} });
  }

  #gather(answer: rpc.WatchResponse): void {
    this.#fragments.push(answer);
    if (answer.fragment) return;
    const events = this.#fragments.flatMap(part => part.events.map(eventOf));
    this.#fragments = [];
    this.#listener.onEvents(events);
  }

  #lives(): void {
    const askedAtMs = this.#unanswered === 0 ? performance.now() : this.#askedAtMs;
    this.#unanswered = 0;
    this.#listener.onAlive?.(askedAtMs);
  }
}

function eventOf({ type, kv }: mvccpb.IEvent): WatchEvent {
  return { type: type === mvccpb.Event.EventType.DELETE ? 'delete' : 'put', entry: keyValueOf(kv) };
}

function compacted(revision: number): EtcdError {
  return new EtcdError(
    'COMPACTED',
    `etcdserver: mvcc: required revision has been compacted: ${revision} is the first one`,
  );
}
