// Everything below a prefix at one revision, read in pages.
import type { Etcd3 } from 'etcd3';
import { rangeOf } from './keys.ts';

export interface Snapshot {
  readonly revision: bigint;
  readonly entries: ReadonlyMap<string, string>;
}

/** Keys in an answer: a thousand objects are a megabyte. */
const PAGE = 1_000;

/** Rejects with etcd's error, also when the revision is compacted while it is read. */
export async function readSnapshot(etcd: Etcd3, prefix: string): Promise<Snapshot> {
  const { start, end } = rangeOf(`${prefix}/`);
  const entries = new Map<string, string>();
  let revision: string | undefined;
  for (let from = start; ;) {
    const page = etcd.getAll().inRange({ start: from, end }).limit(PAGE);
    const answer = await (revision === undefined ? page : page.revision(revision)).exec();
    revision ??= answer.header.revision;
    for (const { key, value } of answer.kvs) entries.set(key.toString(), value.toString());
    const last = answer.kvs.at(-1)?.key.toString();
    if (!answer.more || last === undefined) return { revision: BigInt(revision), entries };
    from = `${last}\0`;
  }
}
