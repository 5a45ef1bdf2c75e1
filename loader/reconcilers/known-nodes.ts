// Reads node numbers from the pinned hd_node: a restarted daemon must not reassign them.
import type { Addr } from 'ip';
import type { MapSet } from '../abi/map-set.ts';
import { openPinnedMaps } from '../programs/pinned-maps.ts';
import { HeddleError } from '../errors.ts';

/** By underlay address; empty if no map is pinned that can be adopted. */
export function readKnownNodes(pinRoot: string): ReadonlyMap<Addr, number> {
  let maps: MapSet;
  try {
    maps = openPinnedMaps(pinRoot);
  } catch (error) {
    // A first start, or maps of another layout: opening the programs replaces or refuses them.
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
