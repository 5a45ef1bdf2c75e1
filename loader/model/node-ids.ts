// Node-local numbers for nodes: the same for all addresses of a node, and kept across restarts.
import type { Addr } from './addr.ts';
import type { NodeObject } from './objects.ts';

/**
 * Gives every node a number above 0. A node keeps the number that any of its addresses has in `known` (the map in
 * force); a new one gets a number that `known` does not hold, so that no row ever means two nodes.
 */
export function assignNodeIds(
  nodes: Iterable<NodeObject>,
  known: ReadonlyMap<Addr, number>,
): ReadonlyMap<string, number> {
  const taken = new Set(known.values());
  const ids = new Map<string, number>();
  const given = new Set<number>();
  const fresh: string[] = [];
  for (const node of nodes) {
    const id = node.addresses.map(addr => known.get(addr)).find(found => found !== undefined);
    if (id === undefined || given.has(id)) fresh.push(node.name);
    else {
      ids.set(node.name, id);
      given.add(id);
    }
  }
  let next = 1;
  for (const name of fresh) {
    while (taken.has(next)) next++;
    ids.set(name, next);
    taken.add(next);
  }
  return ids;
}
