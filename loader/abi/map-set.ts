// The set of all maps, open and typed.
import { BpfMap } from 'libbpf-ts';
import { MAPS, type MapName, type MapRows } from './abi.gen.ts';
import { mapCodecs } from './codecs.ts';

export type AbiBpfMap<N extends MapName> = BpfMap<MapRows[N]['key'], MapRows[N]['value']>;

/** The opener disposes each map. */
export type MapSet = { readonly [N in MapName]: AbiBpfMap<N> };

export const MAP_NAMES = Object.keys(MAPS) as readonly MapName[];

/** Calls `open` for every map. If one fails, the maps opened before it are closed. */
export function openMapSet(open: <N extends MapName>(name: N) => AbiBpfMap<N>): MapSet {
  const opened: BpfMap[] = [];
  try {
    const entries = MAP_NAMES.map(name => {
      const map = open(name);
      opened.push(map);
      return [name, map] as const;
    });
    return Object.fromEntries(entries) as unknown as MapSet;
  } catch (error) {
    for (const map of opened) map[Symbol.dispose]();
    throw error;
  }
}

/** The same map and descriptor, typed; disposing either closes both. */
export function typedMap<N extends MapName>(name: N, map: BpfMap): AbiBpfMap<N> {
  const { key, value } = mapCodecs(name);
  return map.withCodecs(key, value);
}
