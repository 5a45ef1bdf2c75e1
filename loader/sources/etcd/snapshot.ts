// All keys that begin with a prefix, at one revision, read in pages.
import { prefixRange, rangeAfter, type EtcdClient, type KeyValue } from 'etcd';

export interface Snapshot {
  readonly revision: number;
  readonly entries: ReadonlyMap<string, string>;
  /** The one that was changed last; absent: there is none. */
  readonly newest?: KeyValue;
}

/** Keys in an answer: a thousand objects are a megabyte. */
const PAGE = 1_000;

/** Rejects with etcd's error, also when the revision is compacted while it is read. */
export async function readSnapshot(etcd: EtcdClient, prefix: string): Promise<Snapshot> {
  const entries = new Map<string, string>();
  let newest: KeyValue | undefined;
  let revision: number | undefined;
  for (let range = prefixRange(prefix); ;) {
    const page = await etcd.range(range, { limit: PAGE, ...(revision !== undefined && { revision }) });
    revision ??= page.revision;
    for (const entry of page.entries) {
      entries.set(entry.key, entry.value);
      if (entry.modRevision > (newest?.modRevision ?? 0)) newest = entry;
    }
    const last = page.entries.at(-1);
    if (!page.hasMore || last === undefined)
      return { revision, entries, ...(newest !== undefined && { newest }) };
    range = rangeAfter(range, last.keyBytes);
  }
}
