// The addresses of this node's pods, for the other nodes: kept in etcd as the daemon has them, with retries.
import { deleteOperation, oneKey, putOperation, type EtcdClient, type Operation } from 'etcd';
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

/** Writes what differs, deletions first: a full etcd takes them alone. Rejects with etcd's error: some of it may be written then. */
export async function writePublished(
  etcd: EtcdClient,
  desired: ReadonlyMap<string, string>,
  stored: ReadonlyMap<string, string>,
): Promise<void> {
  const gone = [...stored.keys()].filter(key => !desired.has(key));
  const changed = [...desired].filter(([key, text]) => stored.get(key) !== text);
  await commitAll(etcd, gone.map(oneKey).map(deleteOperation));
  await commitAll(
    etcd,
    changed.map(([key, text]) => putOperation(key, text)),
  );
}

async function commitAll(etcd: EtcdClient, operations: readonly Operation[]): Promise<void> {
  for (let at = 0; at < operations.length; at += MAX_OPERATIONS)
    await etcd.commit({ operations: operations.slice(at, at + MAX_OPERATIONS) });
}
