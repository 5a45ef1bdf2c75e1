// Maps as they are pinned: which of them programs can go on sharing, and which must be made anew.
import { BpfMap, compareMaps, type MapSpec } from 'libbpf-ts';
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import { MAP_NAMES, openMapSet, typedMap, type MapSet } from '../abi/map-set.ts';
import { DataplaneError } from '../errors.ts';
import type { Change } from '../model/change.ts';
import { errorCode, orFail } from './failure.ts';
import type { FormerTable } from './former-flows.ts';
import { mapPin } from './pin.ts';

export type MapSizes = Partial<Record<MapName, number>>;

export interface PinnedMaps {
  /** Open, and as declared; the caller owns them. */
  readonly reusable: ReadonlyMap<MapName, BpfMap>;
  /** Pinned, but to be replaced by new and empty ones. */
  readonly outdated: ReadonlySet<MapName>;
  /** Tables of flows among them, open: what they hold is to be carried over. The caller owns them. */
  readonly former: readonly FormerTable[];
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
  const sorting = new Sorting();
  try {
    for (const name of MAP_NAMES) {
      const map = openPin(pinRoot, name) ?? openFormerPin(pinRoot, name);
      if (map !== undefined) sorting.add(name, map, compareMaps(map, declaredMap(name, sizes, map)));
    }
    sorting.keepTogether(ASSURED_MAPS);
    return sorting;
  } catch (error) {
    for (const map of [...sorting.reusable.values(), ...sorting.former.map(({ map }) => map)])
      map[Symbol.dispose]();
    throw error;
  }
}

/** hd_ct, and what knows of each of its rows: none of them is of use without the others. */
const ASSURED_MAPS = ['hd_ct', 'hd_ct_ring', 'hd_ct_share', 'hd_ct_aging'] as const satisfies MapName[];

class Sorting implements PinnedMaps {
  readonly reusable = new Map<MapName, BpfMap>();
  readonly outdated = new Set<MapName>();
  readonly former: FormerTable[] = [];
  readonly changes: Change[] = [];

  add(name: MapName, map: BpfMap, differences: readonly string[]): void {
    this.reusable.set(name, map);
    if (differences.length > 0) this.#replace(name, map, differences.join('; '), differences);
  }

  /** One that is missing or outdated takes the others with it. */
  keepTogether(names: readonly MapName[]): void {
    const found = names.filter(name => this.reusable.has(name));
    if (found.length === names.length) return;
    const missing = names.filter(name => !found.includes(name)).join(', ');
    for (const name of found) {
      const map = this.reusable.get(name);
      if (map !== undefined) this.#replace(name, map, `${missing} is new`, []);
    }
  }

  #replace(name: MapName, map: BpfMap, why: string, differences: readonly string[]): void {
    const isFlows = name === 'hd_ct' || name === 'hd_ct_unassured';
    if (!isFlows && !(ASSURED_MAPS as readonly MapName[]).includes(name) && name !== 'hd_ct_queue')
      refuseIfStateful(name, differences);
    this.reusable.delete(name);
    this.outdated.add(name);
    if (isFlows) this.former.push({ map, isAssured: name === 'hd_ct' });
    else map[Symbol.dispose]();
    this.changes.push({
      subject: name,
      action: `made anew${isFlows ? ', its flows carried over' : ''}: ${why}`,
    });
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

/** As an earlier build pinned it. */
function openFormerPin(pinRoot: string, name: MapName): BpfMap | undefined {
  for (const former of MAPS[name].formerly) {
    const map = openPin(pinRoot, name, former);
    if (map !== undefined) return map;
  }
  return undefined;
}

function openPin(pinRoot: string, name: MapName, pinned: string = name): BpfMap | undefined {
  const path = mapPin(pinRoot, pinned);
  return orFail(`${name} cannot be opened`, () => {
    try {
      return BpfMap.openPinned(path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}
