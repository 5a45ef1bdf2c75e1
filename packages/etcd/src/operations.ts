// Parts of a transaction.
import type { KeyRange } from './key-range.ts';
import type { LeaseId } from './lease.ts';
import { etcdserverpb as rpc } from './rpc.gen.js';

export type Operation = rpc.IRequestOp;
export type Condition = rpc.ICompare;

export interface Transaction {
  /** All of them must hold; none: it always succeeds. */
  readonly conditions?: readonly Condition[];
  readonly operations: readonly Operation[];
}

export function putOperation(key: string, value: string, lease?: LeaseId): Operation {
  return { requestPut: putRequest(key, value, lease) };
}

export function deleteOperation(range: KeyRange): Operation {
  return { requestDeleteRange: range };
}

export function isAbsent(key: string): Condition {
  const { CompareResult, CompareTarget } = rpc.Compare;
  return {
    ...{ key: Buffer.from(key), target: CompareTarget.CREATE, result: CompareResult.EQUAL },
    createRevision: 0,
  };
}

export function hasValue(key: string, value: string): Condition {
  const { CompareResult, CompareTarget } = rpc.Compare;
  return {
    ...{ key: Buffer.from(key), target: CompareTarget.VALUE, result: CompareResult.EQUAL },
    value: Buffer.from(value),
  };
}

export function putRequest(key: string, value: string, lease?: LeaseId): rpc.IPutRequest {
  return { key: Buffer.from(key), value: Buffer.from(value), ...(lease !== undefined && { lease }) };
}
