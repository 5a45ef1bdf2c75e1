// The addresses of this node's pods, for the other nodes: in etcd exactly what the daemon wants there, sooner or later.
import type { Etcd3 } from 'etcd3';
import type { PodKey } from '../../model/objects.ts';
import { podAddressesObject } from '../objects/kubernetes-objects.ts';
import type { PublishedPod } from '../source.ts';
import { MOST_OPERATIONS } from './connection.ts';

export type PublishedPods = ReadonlyMap<PodKey, PublishedPod>;

/** By key, the text of what should be there. */
export function publishedTexts(
  pods: PublishedPods,
  { nodeName, below }: { readonly nodeName: string; readonly below: string },
): ReadonlyMap<string, string> {
  return new Map(
    [...pods].map(([key, pod]) => [
      `${below}${key}`,
      JSON.stringify(podAddressesObject({ key, nodeName, ...pod })),
    ]),
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
  for (let at = 0; at < operations.length; at += MOST_OPERATIONS)
    await etcd.kv.txn({ compare: [], success: operations.slice(at, at + MOST_OPERATIONS), failure: [] });
}
