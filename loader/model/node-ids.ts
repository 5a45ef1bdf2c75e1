// Assigns node-local numbers to nodes: one for all addresses of a node, stable across restarts of the daemon.
import type { Addr } from 'ip';
import { underlayAddressesOf } from './node-addresses.ts';
import type { NodeObject } from './objects.ts';
import { compareNodes } from './precedence.ts';

/** Assigned numbers; none may be reassigned to another node. */
export interface KnownNodeIds {
  /** Result of this process's last assignment. */
  readonly byName: ReadonlyMap<string, number>;
  /** From the pinned hd_node: how a restarted daemon recovers the numbers. */
  readonly byAddress: ReadonlyMap<Addr, number>;
}

export const noNodeIds: KnownNodeIds = { byName: new Map(), byAddress: new Map() };

/** Assigns every node a number above 0: its former one, or the lowest free one. */
export function assignNodeIds(
  nodes: readonly NodeObject[],
  known: KnownNodeIds,
): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  const taken = new Set([...known.byName.values(), ...known.byAddress.values()]);
  const names: string[] = [];
  for (const node of nodes) {
    const id = known.byName.get(node.name);
    if (id === undefined) names.push(node.name);
    else ids.set(node.name, id);
  }
  const recovered = recoverIds(nodes, ids, known);
  let next = 1;
  for (const name of names.sort()) {
    const id = recovered.get(name);
    while (id === undefined && taken.has(next)) next++;
    ids.set(name, id ?? next);
    taken.add(id ?? next);
  }
  return ids;
}

/** A number recovered by address goes to one node only, and to none while its owner by name exists. */
function recoverIds(
  nodes: readonly NodeObject[],
  ids: ReadonlyMap<string, number>,
  known: KnownNodeIds,
): ReadonlyMap<string, number> {
  const recovered = new Map<string, number>();
  const owned = new Set([...ids.values(), ...known.byName.values()]);
  for (const node of [...nodes].sort(compareNodes)) {
    if (ids.has(node.name)) continue;
    const found = underlayAddressesOf(node).map(addr => known.byAddress.get(addr));
    const id = found.find(candidate => candidate !== undefined && !owned.has(candidate));
    if (id === undefined) continue;
    recovered.set(node.name, id);
    owned.add(id);
  }
  return recovered;
}
