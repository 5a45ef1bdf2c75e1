// A client of an etcd cluster: one connection at a time, to a member that serves.
import type { Connection, ConnectionOptions } from './connection.ts';
import { Connector } from './connector.ts';
import { parseEndpoint } from './endpoint.ts';
import { EtcdError, isJudgement } from './errors.ts';
import { oneKey, type KeyRange } from './key-range.ts';
import { keyValueOf, type KeyValue } from './key-value.ts';
import { newLeaseId, type LeaseId } from './lease.ts';
import { METHODS } from './methods.ts';
import { putRequest, type Transaction } from './operations.ts';
import { Watch, type WatchListener, type WatchSpec } from './watch.ts';

export interface EtcdClientOptions extends Pick<ConnectionOptions, 'credentials'> {
  /** `http(s)://host:port` each; at least one. */
  readonly endpoints: readonly string[];
  /** A call that is not answered by then has failed. */
  readonly callMs?: number;
  /** How often the member of a watch is asked whether it lives. */
  readonly progressMs?: number;
}

export interface RangeOptions {
  /** As it was then; absent: now, as a quorum has it. */
  readonly revision?: number;
  readonly limit?: number;
}

export interface RangeAnswer {
  readonly entries: readonly KeyValue[];
  /** There are more than the limit. */
  readonly hasMore: boolean;
  /** Of the whole store when this was read. */
  readonly revision: number;
}

const CALL_MS = 5_000;
const PROGRESS_MS = 5_000;

/**
 * Tries nothing again by itself, but the other endpoints for a connection, and a call whose token is not accepted. A connection
 * that fails is closed; the next call makes one to the next endpoint, with credentials read anew. Rejects with `EtcdError`.
 */
export class EtcdClient {
  readonly #connector: Connector;
  readonly #progressMs: number;

  constructor({ endpoints, credentials, callMs = CALL_MS, progressMs = PROGRESS_MS }: EtcdClientOptions) {
    this.#connector = new Connector(endpoints.map(parseEndpoint), { credentials, callMs });
    this.#progressMs = progressMs;
  }

  async range(range: KeyRange, options: RangeOptions = {}): Promise<RangeAnswer> {
    const { kvs, more, header } = await this.#call(one => one.ask(METHODS.range, { ...range, ...options }));
    return { entries: kvs.map(keyValueOf), hasMore: more, revision: header?.revision ?? 0 };
  }

  async get(key: string): Promise<KeyValue | undefined> {
    const { entries } = await this.range(oneKey(key));
    return entries[0];
  }

  async put(key: string, value: string, lease?: LeaseId): Promise<void> {
    await this.#call(one => one.ask(METHODS.put, putRequest(key, value, lease)));
  }

  /** How many there were. */
  async delete(range: KeyRange): Promise<number> {
    const { deleted } = await this.#call(one => one.ask(METHODS.deleteRange, range));
    return deleted;
  }

  /** False: a condition does not hold, and nothing was changed. */
  async commit({ conditions = [], operations }: Transaction): Promise<boolean> {
    const request = { compare: [...conditions], success: [...operations] };
    const { succeeded } = await this.#call(one => one.ask(METHODS.txn, request));
    return succeeded;
  }

  async grantLease(ttlSeconds: number): Promise<LeaseId> {
    const id = newLeaseId();
    await this.#call(one => one.ask(METHODS.leaseGrant, { ID: id, TTL: ttlSeconds }));
    return id;
  }

  /** False: it has expired. */
  async renewLease(id: LeaseId): Promise<boolean> {
    const { TTL } = await this.#call(one => one.exchange(METHODS.leaseKeepAlive, { ID: id }));
    return TTL > 0;
  }

  /** Resolves once `signal` is aborted; rejects whenever else the watch ends: it is up to the caller to make it again. */
  async watch(spec: WatchSpec, listener: WatchListener, signal: AbortSignal): Promise<void> {
    await this.#call(one => new Watch(one, spec, listener).run({ progressMs: this.#progressMs }, signal));
  }

  /** What is under way rejects with `CLOSED`. */
  close(): void {
    this.#connector.close();
  }

  async #call<Answer>(call: (connection: Connection) => Promise<Answer>): Promise<Answer> {
    if (this.#connector.isClosed) throw new EtcdError('CLOSED', 'the client was closed');
    const connection = await this.#connector.connected();
    try {
      return await call(connection);
    } catch (error) {
      if (error instanceof EtcdError && !isJudgement(error)) connection.close(error);
      throw error;
    }
  }
}
