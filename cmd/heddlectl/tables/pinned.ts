// Access to the pinned maps.
import { MAP_NAMES, type MapSet } from '../../../loader/abi/map-set.ts';
import { openPinnedMap } from '../../../loader/programs/pinned-maps.ts';
import type { Target } from '../invocation/target.ts';

/**
 * Maps are open for the duration of `read`, each from its first use on: one that is missing, or of another build, keeps nothing
 * from being read that others hold.
 */
export async function withMaps<T>(
  { pinRoot }: Pick<Target, 'pinRoot'>,
  read: (maps: MapSet) => T | Promise<T>,
): Promise<T> {
  const opened = new Map<string, Disposable>();
  const maps = Object.create(null) as MapSet;
  for (const name of MAP_NAMES)
    Object.defineProperty(maps, name, {
      get: () => {
        const map = opened.get(name) ?? openPinnedMap(pinRoot, name);
        opened.set(name, map);
        return map;
      },
    });
  try {
    return await read(maps);
  } finally {
    for (const map of opened.values()) map[Symbol.dispose]();
  }
}

/** Opens them all; throws for the first that cannot be. */
export function openAll(maps: MapSet): readonly unknown[] {
  return MAP_NAMES.map(name => maps[name]);
}
