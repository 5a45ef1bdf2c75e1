// Policy's maps at one moment: what a daemon that is killed there leaves to the next one.
import type { BpfMap } from 'libbpf-ts';
import type { MapName } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { rawMap } from '../../../loader/tables/encoded-rows.ts';

const POLICY_MAPS = [
  ...(['hd_policy_name', 'hd_rule', 'hd_rule_set', 'hd_policy_peer', 'hd_cidr', 'hd_endpoint'] as const),
  ...(['hd_pod', 'hd_control'] as const),
] as const satisfies readonly MapName[];

const ARRAYS: ReadonlySet<MapName> = new Set(['hd_pod', 'hd_control']);

/** Encoded rows of each map; of arrays those that are not zero. */
export type MapSnapshot = Readonly<Record<(typeof POLICY_MAPS)[number], ReadonlyMap<string, string>>>;

export function takeSnapshot(maps: MapSet): MapSnapshot {
  const rows = (name: MapName): ReadonlyMap<string, string> => {
    const all = [...rawMap(maps[name] as BpfMap).entries()];
    return new Map(ARRAYS.has(name) ? all.filter(([, value]) => /[^\0]/.test(value)) : all);
  };
  return Object.fromEntries(POLICY_MAPS.map(name => [name, rows(name)])) as unknown as MapSnapshot;
}

export function restoreSnapshot(maps: MapSet, snapshot: MapSnapshot): void {
  for (const name of POLICY_MAPS) {
    const map = rawMap(maps[name] as BpfMap);
    const surplus = [...takeRows(map)].filter(([key]) => !snapshot[name].has(key));
    if (ARRAYS.has(name)) map.setBatch(surplus.map(([key]) => [key, '\0'.repeat(map.value.size)]));
    else map.deleteBatch(surplus.map(([key]) => key));
    map.setBatch(snapshot[name]);
  }
}

/** 'hd_cidr' for each map that is another. */
export function changedMaps(before: MapSnapshot, after: MapSnapshot): string[] {
  return POLICY_MAPS.filter(name => {
    const [a, b] = [before[name], after[name]];
    return a.size !== b.size || [...a].some(([key, value]) => b.get(key) !== value);
  });
}

function takeRows(map: BpfMap<string, string>): Iterable<[string, string]> {
  return [...map.entries()].filter(([, value]) => /[^\0]/.test(value));
}
