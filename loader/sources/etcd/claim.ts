// Allocates a node's pod CIDRs: once, by a transaction that at most one node can win; kept until the node is deleted.
import type { Etcd3 } from 'etcd3';
import { HeddleError } from '../../errors.ts';
import type { Cidr } from 'ip';
import { problemOf } from '../objects/field-problem.ts';
import { cidrsOfSlot, clusterRanges, slotCount, type ClusterRange } from './cluster-ranges.ts';
import { rangeOf, type Keys } from './keys.ts';

/** Of everybody at once: the last of so many nodes has lost to all others. */
const MOST_TRIES = 1_000;

/** Throws `INVALID_CONFIG` when the cluster has no ranges or none is left; etcd's own error when it is unreachable. */
export async function claimPodCidrs(etcd: Etcd3, keys: Keys, node: string): Promise<readonly Cidr[]> {
  const ranges = await readRanges(etcd, keys);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const held = await etcd.get(keys.claim(node)).string();
    if (held !== null) return cidrsOfSlot(ranges, Number(held));
    const slot = await freeSlot(etcd, keys, slotCount(ranges));
    if (await take(etcd, keys, { node, slot })) return cidrsOfSlot(ranges, slot);
  }
  throw new HeddleError('IO', `no pod CIDR was won in ${MOST_TRIES} tries: too many nodes start at once`);
}

export async function readRanges(etcd: Etcd3, keys: Keys): Promise<readonly ClusterRange[]> {
  const text = await etcd.get(keys.cluster).string();
  if (text === null)
    throw new HeddleError(
      'INVALID_CONFIG',
      `etcd has no ${keys.cluster}: say once for the cluster 'heddlectl cluster init --pod-cidr 10.244.0.0/16'`,
    );
  const value: unknown = JSON.parse(text);
  const result = clusterRanges.safeParse(value);
  if (!result.success)
    throw new HeddleError(
      'INVALID_CONFIG',
      `${keys.cluster}: ${problemOf('it', result.error, value).sentence}`,
    );
  return result.data.podCIDRs;
}

/** True when it is this node's now. */
async function take(
  etcd: Etcd3,
  keys: Keys,
  { node, slot }: { readonly node: string; readonly slot: number },
): Promise<boolean> {
  const { succeeded } = await etcd
    .if(keys.slot(slot), 'Create', '==', 0)
    .and(keys.claim(node), 'Create', '==', 0)
    .then(etcd.put(keys.slot(slot)).value(node), etcd.put(keys.claim(node)).value(slot))
    .commit();
  return succeeded;
}

/** The lowest free one. */
async function freeSlot(etcd: Etcd3, keys: Keys, count: number): Promise<number> {
  const taken = new Set(
    (await etcd.getAll().inRange(rangeOf(keys.slots)).keys()).map(key =>
      Number(key.slice(keys.slots.length)),
    ),
  );
  for (let slot = 0; slot < count; slot++) if (!taken.has(slot)) return slot;
  throw new HeddleError(
    'INVALID_CONFIG',
    `the cluster's ranges have room for ${count} nodes, and all are taken: 'heddlectl cluster delete node NAME' frees the place of one that is gone`,
  );
}
