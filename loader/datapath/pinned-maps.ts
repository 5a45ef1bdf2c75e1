// Maps as they are pinned: which of them programs can go on sharing, and which must be made anew.
import { BpfMap, compareMaps, type MapSpec } from 'libbpf-ts';
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import { MAP_NAMES, openMapSet, typedMap, type MapSet } from '../abi/map-set.ts';
import { DataplaneError } from '../errors.ts';
import type { Change } from '../model/change.ts';
import { errorCode, orFail } from './failure.ts';
import { mapPin } from './pin.ts';

export type MapSizes = Partial<Record<MapName, number>>;

export interface PinnedMaps {
  /** Open, and as declared; the caller owns them. */
  readonly reusable: ReadonlyMap<MapName, BpfMap>;
  /** Pinned, but to be replaced by new and empty ones. */
  readonly outdated: ReadonlySet<MapName>;
  readonly changes: readonly Change[];
}

/** Opens all of them for reading, without the daemon. NOT_READY if there are none. */
export function openPinnedMaps(pinRoot: string): MapSet {
  return openMapSet(name => {
    const map = openPin(pinRoot, name);
    if (map === undefined) {
      const text = `${name} is not pinned under ${pinRoot}: heddled has not run there, or has another pin root`;
      throw new DataplaneError('NOT_READY', text);
    }
    const differences = compareMaps(map, { ...MAPS[name], maxEntries: map.info.maxEntries });
    if (differences.length > 0) {
      map[Symbol.dispose]();
      throw incompatible(name, differences, 'this program is of another build than the daemon');
    }
    return typedMap(name, map);
  });
}

/** Sorts the pinned maps. MAP_INCOMPATIBLE, with every difference, for one whose contents would be lost. */
export function sortPinnedMaps(pinRoot: string, sizes: MapSizes): PinnedMaps {
  const reusable = new Map<MapName, BpfMap>();
  const outdated = new Set<MapName>();
  const changes: Change[] = [];
  try {
    for (const name of MAP_NAMES) {
      const map = openPin(pinRoot, name);
      if (map === undefined) continue;
      reusable.set(name, map);
      const differences = compareMaps(map, declaredMap(name, sizes, map));
      if (differences.length === 0) continue;
      refuseIfStateful(name, differences);
      reusable.delete(name);
      outdated.add(name);
      map[Symbol.dispose]();
      changes.push({ subject: name, action: `made anew: ${differences.join('; ')}` });
    }
    return { reusable, outdated, changes };
  } catch (error) {
    for (const map of reusable.values()) map[Symbol.dispose]();
    throw error;
  }
}

/** What the map should be. A stateful map keeps the size it was made with. */
function declaredMap(name: MapName, sizes: MapSizes, existing: BpfMap): MapSpec {
  const declared = MAPS[name];
  const wanted = sizes[name] ?? declared.maxEntries;
  return { ...declared, maxEntries: declared.kind === 'stateful' ? existing.info.maxEntries : wanted };
}

function refuseIfStateful(name: MapName, differences: readonly string[]): void {
  if (MAPS[name].kind !== 'stateful') return;
  throw incompatible(name, differences, `its contents would be lost: 'heddlectl cleanup' gives them up`);
}

function incompatible(name: MapName, differences: readonly string[], advice: string): DataplaneError {
  const text = `the pinned ${name} has another layout (${differences.join('; ')}), and ${advice}`;
  return new DataplaneError('MAP_INCOMPATIBLE', text);
}

function openPin(pinRoot: string, name: MapName): BpfMap | undefined {
  const path = mapPin(pinRoot, name);
  return orFail(`${name} cannot be opened`, () => {
    try {
      return BpfMap.openPinned(path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}
