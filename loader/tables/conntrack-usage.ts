// Occupancy of the conntrack maps, from the counters that the programs keep; no map is iterated.
import type { MapSet } from '../abi/map-set.ts';

export interface ConntrackUsage {
  /** Rows of hd_ct, and of hd_ct_unassured. */
  readonly assured: number;
  readonly unassured: number;
  /** Times that an assured flow stayed in hd_ct_unassured, evictable: hd_ct was full, or an address had its share of it. */
  readonly tableFull: number;
  readonly overShare: number;
}

type ConntrackMaps = Pick<MapSet, 'hd_ct' | 'hd_ct_unassured' | 'hd_ct_aging'>;

const NEARLY_FULL = 0.8;

export function readConntrackUsage({ hd_ct_aging }: Pick<MapSet, 'hd_ct_aging'>): ConntrackUsage {
  const row = hd_ct_aging.get(0);
  return {
    assured: row?.ringRows ?? 0,
    unassured: row?.queueRows ?? 0,
    tableFull: Number(row?.mapFull ?? 0n),
    overShare: Number(row?.overShare ?? 0n),
  };
}

/** One sentence for each conntrack map that is nearly full. */
export function conntrackProblems(maps: ConntrackMaps): string[] {
  const { assured, unassured } = readConntrackUsage(maps);
  return [
    ...nearlyFull('hd_ct', assured, maps.hd_ct.info.maxEntries, 'connections beyond it can be evicted'),
    ...nearlyFull(
      'hd_ct_unassured',
      unassured,
      maps.hd_ct_unassured.info.maxEntries,
      'new flows evict others before these are replied to',
    ),
  ];
}

function nearlyFull(name: string, rows: number, maxRows: number, consequence: string): string[] {
  if (rows < maxRows * NEARLY_FULL) return [];
  const share = Math.floor((rows / maxRows) * 100);
  return [`${name} is ${share} % full, ${rows} of ${maxRows} flows: ${consequence}; maps.conntrack sizes it`];
}
