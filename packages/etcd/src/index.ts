// The package's public door.
export { EtcdClient, type EtcdClientOptions, type RangeAnswer, type RangeOptions } from './client.ts';
export type { Credentials } from './credentials.ts';
export { isLoopback } from './endpoint.ts';
export { EtcdError, isEtcdError, type EtcdErrorCode } from './errors.ts';
export { oneKey, prefixRange, rangeAfter, type KeyRange } from './key-range.ts';
export type { KeyValue } from './key-value.ts';
export type { LeaseId } from './lease.ts';
export {
  deleteOperation,
  hasValue,
  isAbsent,
  putOperation,
  type Condition,
  type Operation,
  type Transaction,
} from './operations.ts';
export type { WatchEvent, WatchListener, WatchSpec } from './watch.ts';
