// Allocates a node's pod CIDRs: once, by a transaction that at most one node can win; kept until the node is deleted.
import { hasValue, isAbsent, prefixRange, putOperation, type EtcdClient, type KeyValue } from 'etcd';
import { HeddleError, messageOf } from '../../errors.ts';
import type { Addr, Cidr } from 'ip';
import { problemOf } from '../objects/field-problem.ts';
import { cidrsOfSlot, clusterRanges, slotCount, slotOf, type ClusterRange } from './cluster-ranges.ts';
import type { Keys } from './keys.ts';

/** What a node holds, whether it runs or not. */
export interface NodePlace {
  readonly slot: number;
  readonly podCidrs: readonly Cidr[];
  /** Etcd did not know it, though the node has had one of this cluster before: it has lost data, or the node was deleted. */
  readonly isForgotten?: true;
}

/** Of all nodes at once: the last of so many has lost to all others. */
const MAX_TRIES = 1_000;

export interface Claimant {
  readonly node: string;
  /** Of its overlay device: an etcd that has lost its data does not remember where this node's pods are. */
  readonly heldAddresses: readonly Addr[];
}

/** Throws `NOT_READY` while the cluster has no ranges or none is left; etcd's own error when it is unreachable. */
export async function claimPlace(
  etcd: EtcdClient,
  keys: Keys,
  { node, heldAddresses }: Claimant,
): Promise<NodePlace> {
  const ranges = await readRanges(etcd, keys);
  const placeAt = (slot: number): NodePlace => ({ slot, podCidrs: cidrsOfSlot(ranges, slot) });
  const former = slotOf(ranges, heldAddresses);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const held = await etcd.get(keys.claim(node));
    if (held !== undefined) return placeAt(heldSlot(held, slotCount(ranges)));
    const slot = await freeSlot(etcd, keys, { count: slotCount(ranges), former });
    if (await write(etcd, keys, { node, slot }, NOTHING))
      return { ...placeAt(slot), ...(former !== undefined && { isForgotten: true }) };
  }
  throw new HeddleError('IO', `no pod CIDR was won in ${MAX_TRIES} tries: too many nodes start at once`);
}

/** What etcd has at a node's keys; undefined: nothing. */
export interface StoredClaim {
  readonly slot: string | undefined;
  readonly claim: string | undefined;
}

const NOTHING: StoredClaim = { slot: undefined, claim: undefined };

/**
 * Writes again what etcd has lost, for it was restored from a backup of before; does nothing when it has changed meanwhile.
 * Throws `INVALID_CONFIG` when it has given the place to another node.
 */
export async function keepPlace(
  etcd: EtcdClient,
  keys: Keys,
  place: NodePlace & { readonly node: string },
  stored: StoredClaim,
): Promise<void> {
  const { node, slot, podCidrs } = place;
  const owner = stored.slot ?? node;
  if (owner !== node)
    throw new HeddleError(
      'INVALID_CONFIG',
      `its pod CIDR ${podCidrs.join(' and ')} belongs to node ${owner} in etcd: move its pods away, and start its daemon anew`,
    );
  if (stored.slot === undefined || stored.claim !== String(slot))
    await write(etcd, keys, { node, slot }, stored);
}

interface Claim {
  readonly node: string;
  readonly slot: number;
}

/** Slot and claim, or neither. False: they are not what was `stored`. */
function write(etcd: EtcdClient, keys: Keys, { node, slot }: Claim, stored: StoredClaim): Promise<boolean> {
  const unchanged = (key: string, value: string | undefined) =>
    value === undefined ? isAbsent(key) : hasValue(key, value);
  return etcd.commit({
    conditions: [unchanged(keys.slot(slot), stored.slot), unchanged(keys.claim(node), stored.claim)],
    operations: [putOperation(keys.slot(slot), node), putOperation(keys.claim(node), String(slot))],
  });
}

/** Throws `NOT_READY` for what no node has written, or wrote when the ranges were larger. */
function heldSlot({ key, value }: KeyValue, count: number): number {
  const slot = Number(value);
  if (/^\d+$/.test(value) && slot < count) return slot;
  throw new HeddleError(
    'NOT_READY',
    `etcd has '${value}' at ${key}, which is none of the ${count} places: delete the key, and the node takes a free one`,
  );
}

async function readRanges(etcd: EtcdClient, keys: Keys): Promise<readonly ClusterRange[]> {
  const stored = await etcd.get(keys.cluster);
  if (stored === undefined)
    throw new HeddleError(
      'NOT_READY',
      `etcd has no ${keys.cluster}: run 'heddlectl cluster init --pod-cidr 10.244.0.0/16' once for the cluster`,
    );
  const value = jsonOf(stored);
  const result = clusterRanges.safeParse(value);
  if (!result.success)
    throw new HeddleError('NOT_READY', `${keys.cluster}: ${problemOf('it', result.error, value).sentence}`);
  return result.data.podCIDRs;
}

function jsonOf({ key, value }: KeyValue): unknown {
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new HeddleError('NOT_READY', `${key} is not JSON: ${messageOf(cause)}`, { cause });
  }
}

/** The former one, or else the lowest that is free. */
async function freeSlot(
  etcd: EtcdClient,
  keys: Keys,
  { count, former }: { readonly count: number; readonly former: number | undefined },
): Promise<number> {
  const { entries } = await etcd.range(prefixRange(keys.slots));
  const taken = new Set(entries.map(({ key }) => Number(key.slice(keys.slots.length))));
  if (former !== undefined && !taken.has(former)) return former;
  for (let slot = 0; slot < count; slot++) if (!taken.has(slot)) return slot;
  throw new HeddleError(
    'NOT_READY',
    `the cluster's ranges have room for ${count} nodes, and all are taken: 'heddlectl cluster delete node NAME' frees the place of one that is gone`,
  );
}
