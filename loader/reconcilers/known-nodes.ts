// Numbers of nodes that are in force: a restarted daemon must not give them another meaning.
import type { MapSet } from '../abi/map-set.ts';
import { openPinnedMaps } from '../programs/pinned-maps.ts';
import { HeddleError } from '../errors.ts';
import type { Addr } from '../model/addr.ts';

/** By underlay address, from the pinned hd_node; empty where nothing is pinned that could be adopted. */
export function readKnownNodes(pinRoot: string): ReadonlyMap<Addr, number> {
  let maps: MapSet;
  try {
    maps = openPinnedMaps(pinRoot);
  } catch (error) {
    // A first start, or maps of another layout, which opening the programs will judge.
    if (error instanceof HeddleError && ['NOT_READY', 'MAP_INCOMPATIBLE'].includes(error.code))
      return new Map();
    throw error;
  }
  try {
    return new Map([...maps.hd_node.entries()].map(([key, node]) => [key.addr, node.id]));
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}
