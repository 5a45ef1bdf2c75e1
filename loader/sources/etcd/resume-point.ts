// Where a watch that was broken off goes on, and whether etcd still has the history that leads there.
//
// An etcd that is restored from a backup goes back to an old revision, and counts on from there with other changes. A watch
// from the revision that we know would wait for it in silence, or, once it is passed, miss what is different before it.
import { isDeepStrictEqual } from 'node:util';
import { isEtcdError, oneKey, type EtcdClient, type KeyValue, type WatchEvent } from 'etcd';
import type { Snapshot } from './snapshot.ts';

export interface ResumePoint {
  /** Everything up to it is known. */
  readonly revision: number;
  /** The last change that is known of: another history has another one there. */
  readonly witness?: WatchEvent;
}

export function pointOfSnapshot({ revision, newest }: Snapshot): ResumePoint {
  return { revision, ...(newest !== undefined && { witness: { type: 'put', entry: newest } }) };
}

export function pointAfter(events: readonly WatchEvent[], before: ResumePoint): ResumePoint {
  const witness = events.at(-1);
  return witness === undefined ? before : { revision: witness.entry.modRevision, witness };
}

/** What etcd has of the history up to a point: what we know, nothing any more, or other changes. */
export type History = 'same' | 'compacted' | 'other';

/** Unless it is the same, everything must be read anew. Rejects with etcd's error when it does not answer. */
export async function historyAt(etcd: EtcdClient, prefix: string, point: ResumePoint): Promise<History> {
  try {
    return (await hasWitness(etcd, prefix, point)) ? 'same' : 'other';
  } catch (error) {
    if (isEtcdError(error, 'COMPACTED')) return 'compacted';
    if (isEtcdError(error, 'FUTURE_REVISION')) return 'other';
    throw error;
  }
}

async function hasWitness(
  etcd: EtcdClient,
  prefix: string,
  { revision, witness }: ResumePoint,
): Promise<boolean> {
  const found = await entryAt(etcd, witness?.entry.keyBytes ?? prefix, revision);
  if (witness === undefined) return true; // the prefix is empty, but the revision is there
  if (witness.type === 'put') return isDeepStrictEqual(found, witness.entry);
  return found === undefined && (await entryAt(etcd, witness.entry.keyBytes, revision - 1)) !== undefined;
}

async function entryAt(
  etcd: EtcdClient,
  key: string | Uint8Array,
  revision: number,
): Promise<KeyValue | undefined> {
  const { entries } = await etcd.range(oneKey(key), { revision });
  return entries[0];
}
