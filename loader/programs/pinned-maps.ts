// Sorts pinned maps into those that programs can share and those that must be recreated.
import { existsSync } from 'node:fs';
import { BpfMap, compareMaps, type MapSpec } from 'libbpf-ts';
import { MAPS, type MapName } from '../abi/abi.gen.ts';
import { MAP_NAMES, openMapSet, typedMap, type AbiBpfMap, type MapSet } from '../abi/map-set.ts';
import { adviceFor, surroundings } from '../config/advice.ts';
import { HeddleError } from '../errors.ts';
import type { Change } from '../model/change.ts';
import { errorCode, orFail } from './failure.ts';
import type { FormerTable } from './former-flows.ts';
import { mapPin } from './pin.ts';

export type MapSizes = Partial<Record<MapName, number>>;

export interface PinnedMaps {
  /** Open, with the declared layout; the caller owns them. */
  readonly reusable: ReadonlyMap<MapName, BpfMap>;
  /** Pinned, and to be replaced by new, empty maps. */
  readonly outdated: ReadonlySet<MapName>;
  /** Conntrack maps among the outdated ones, open: their flows are copied. The caller owns them. */
  readonly former: readonly FormerTable[];
  readonly changes: readonly Change[];
}

/** Opens all pinned maps for reading; works without the daemon. NOT_READY if none is pinned. */
export function openPinnedMaps(pinRoot: string): MapSet {
  return openMapSet(name => openPinnedMap(pinRoot, name));
}

/** One of them; the caller owns it. NOT_READY if it is not pinned. */
export function openPinnedMap<N extends MapName>(pinRoot: string, name: N): AbiBpfMap<N> {
  const map = openPin(pinRoot, name);
  if (map === undefined) throw missing(pinRoot, name);
  const differences = compareMaps(map, { ...MAPS[name], maxEntries: map.info.maxEntries });
  if (differences.length > 0) {
    map[Symbol.dispose]();
    throw incompatible(name, differences, 'this program is of another build than the daemon');
  }
  return typedMap(name, map);
}

export function hasPinnedMaps(pinRoot: string): boolean {
  return pinnedMapName(pinRoot) !== undefined;
}

function pinnedMapName(pinRoot: string): MapName | undefined {
  return MAP_NAMES.find(name => existsSync(mapPin(pinRoot, name)));
}

/** Where other maps are pinned, a daemon of another build has pinned them, or somebody has removed the pin. */
function missing(pinRoot: string, name: MapName): HeddleError {
  const other = pinnedMapName(pinRoot);
  if (other === undefined)
    return new HeddleError(
      'NOT_READY',
      `${name} is not pinned under ${pinRoot}: heddled has not run there, or has another pin root`,
    );
  const text = `${name} is not pinned under ${pinRoot}, but ${other} is: its pin was removed, which a heddled that runs puts back, or this program is of another build than the daemon`;
  return new HeddleError('MAP_INCOMPATIBLE', text);
}

/** Throws MAP_INCOMPATIBLE, with every difference, for a map whose contents would be lost. */
export function sortPinnedMaps(pinRoot: string, sizes: MapSizes): PinnedMaps {
  const sorting = new Sorting();
  try {
    for (const name of MAP_NAMES) {
      const map = openPin(pinRoot, name) ?? openFormerPin(pinRoot, name);
      if (map !== undefined) sorting.add(name, map, compareMaps(map, declaredMap(name, sizes, map)));
    }
    sorting.keepTogether(ASSURED_MAPS);
    sorting.keepTogether(CACHE_MAPS);
    return sorting;
  } catch (error) {
    for (const map of [...sorting.reusable.values(), ...sorting.former.map(({ map }) => map)])
      map[Symbol.dispose]();
    throw error;
  }
}

/** hd_ct and the maps that index its rows: they are replaced together. */
const ASSURED_MAPS = ['hd_ct', 'hd_ct_ring', 'hd_ct_share', 'hd_ct_aging'] as const satisfies MapName[];

/** Rows of the cache hold while the numbers of hd_flow_epoch are theirs: in a new map they are all 0. */
const CACHE_MAPS = ['hd_cache_ipv4', 'hd_cache_ipv6', 'hd_flow_epoch'] as const satisfies MapName[];

class Sorting implements PinnedMaps {
  readonly reusable = new Map<MapName, BpfMap>();
  readonly outdated = new Set<MapName>();
  readonly former: FormerTable[] = [];
  readonly changes: Change[] = [];

  add(name: MapName, map: BpfMap, differences: readonly string[]): void {
    this.reusable.set(name, map);
    if (differences.length > 0) this.#replace(name, map, differences.join('; '), differences);
  }

  /** If one of the maps is missing or outdated, all of them are replaced. */
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

/** The declared spec, except that a stateful map keeps the size it was created with. */
function declaredMap(name: MapName, sizes: MapSizes, existing: BpfMap): MapSpec {
  const declared = MAPS[name];
  const size = sizes[name] ?? declared.maxEntries;
  return { ...declared, maxEntries: declared.kind === 'stateful' ? existing.info.maxEntries : size };
}

function refuseIfStateful(name: MapName, differences: readonly string[]): void {
  if (MAPS[name].kind !== 'stateful') return;
  throw incompatible(
    name,
    differences,
    `its contents would be lost: '${adviceFor(surroundings()).heddlectl} cleanup' discards them`,
  );
}

function incompatible(name: MapName, differences: readonly string[], advice: string): HeddleError {
  const text = `the pinned ${name} has another layout (${differences.join('; ')}), and ${advice}`;
  return new HeddleError('MAP_INCOMPATIBLE', text);
}

/**
 * Opens the pin under a former name, for what the map holds. The kernel keeps the name that a map was created with, so a
 * map that can be rebuilt is created anew.
 */
function openFormerPin(pinRoot: string, name: MapName): BpfMap | undefined {
  if (MAPS[name].kind === 'rebuildable') return undefined;
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
