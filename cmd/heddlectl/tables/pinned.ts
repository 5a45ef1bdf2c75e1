// Access to the pinned maps.
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import type { Target } from '../invocation/target.ts';

/** Opens all maps for the duration of `read`. */
export async function withMaps<T>(
  target: Pick<Target, 'pinRoot'>,
  read: (maps: MapSet) => T | Promise<T>,
): Promise<T> {
  const maps = openPinnedMaps(target.pinRoot);
  try {
    return await read(maps);
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}
