// The addresses of this node's pods, for the other nodes: in etcd exactly what the daemon wants there, sooner or later.
import type { Etcd3 } from 'etcd3';
import type { PodAddresses, PodKey } from '../../model/objects.ts';
import { podAddressesObject } from '../objects/pod-addresses.ts';
import { MAX_OPERATIONS } from './connection.ts';

/** By key, the text of what should be there; `below`: what the keys of this node's pods begin with. */
export function publishedTexts(
  pods: ReadonlyMap<PodKey, PodAddresses>,
  below: string,
): ReadonlyMap<string, string> {
  return new Map([...pods].map(([key, pod]) => [`${below}${key}`, JSON.stringify(podAddressesObject(pod))]));
}

/** Writes what differs. Rejects with etcd's error: some of it may be written then. */
export async function writePublished(
  etcd: Etcd3,
  desired: ReadonlyMap<string, string>,
  stored: ReadonlyMap<string, string>,
): Promise<void> {
  const changes = [
    ...[...stored.keys()].filter(key => !desired.has(key)).map(key => etcd.delete().key(key).op()),
    ...[...desired]
      .filter(([key, text]) => stored.get(key) !== text)
      .map(([key, text]) => etcd.put(key).value(text).op()),
  ];
  const operations = await Promise.all(changes);
  for (let at = 0; at < operations.length; at += MAX_OPERATIONS)
    await etcd.kv.txn({ compare: [], success: operations.slice(at, at + MAX_OPERATIONS), failure: [] });
}
