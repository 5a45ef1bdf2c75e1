// The addresses of this node's pods, for the other nodes: in etcd exactly what the daemon wants there, sooner or later.
import type { Etcd3 } from 'etcd3';
import type { PodKey } from '../../model/objects.ts';
import { POD_ADDRESSES_VERSION } from '../kubernetes-objects.ts';
import type { PublishedPod } from '../source.ts';

/** etcd's own limit of a transaction (--max-txn-ops) is 128. */
const OPERATIONS_AT_ONCE = 100;

export type PublishedPods = ReadonlyMap<PodKey, PublishedPod>;

/** By key, the text of what should be there. */
export function publishedTexts(
  pods: PublishedPods,
  { nodeName, below }: { readonly nodeName: string; readonly below: string },
): ReadonlyMap<string, string> {
  return new Map(
    [...pods].map(([key, pod]) => [`${below}${key}`, JSON.stringify(documentOf(nodeName, key, pod))]),
  );
}

/** Writes what differs. Rejects with etcd's error: some of it may be written then. */
export async function writePublished(
  etcd: Etcd3,
  wanted: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, string>,
): Promise<void> {
  const changes = [
    ...[...there.keys()].filter(key => !wanted.has(key)).map(key => etcd.delete().key(key).op()),
    ...[...wanted]
      .filter(([key, text]) => there.get(key) !== text)
      .map(([key, text]) => etcd.put(key).value(text).op()),
  ];
  const operations = await Promise.all(changes);
  for (let at = 0; at < operations.length; at += OPERATIONS_AT_ONCE)
    await etcd.kv.txn({ compare: [], success: operations.slice(at, at + OPERATIONS_AT_ONCE), failure: [] });
}

function documentOf(nodeName: string, key: PodKey, { uid, addresses }: PublishedPod): object {
  const [namespace, name] = key.split('/');
  return {
    apiVersion: POD_ADDRESSES_VERSION,
    kind: 'PodAddresses',
    metadata: { namespace, name, ...(uid !== undefined && { uid }) },
    nodeName,
    addresses,
  };
}
