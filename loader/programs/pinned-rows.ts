// Reads rows of pinned maps before the programs are opened.
import type { MapSet } from '../abi/map-set.ts';
import { HeddleError } from '../errors.ts';
import { openPinnedMaps } from './pinned-maps.ts';

/** `absent`: if nothing is pinned that can be adopted, as on a first start. */
export function readPinnedRows<T>(pinRoot: string, read: (maps: MapSet) => T, absent: T): T {
  let maps: MapSet;
  try {
    maps = openPinnedMaps(pinRoot);
  } catch (error) {
    // A first start, or maps of another layout: opening the programs replaces or refuses them.
    if (error instanceof HeddleError && ['NOT_READY', 'MAP_INCOMPATIBLE'].includes(error.code)) return absent;
    throw error;
  }
  try {
    return read(maps);
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}
