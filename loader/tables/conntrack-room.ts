// How full the tables of flows are, by the programs' own count: no table is walked.
import type { MapSet } from '../abi/map-set.ts';

export interface ConntrackRoom {
  /** Rows of hd_ct, and flows that wait in hd_ct_unassured. */
  readonly assured: number;
  readonly unassured: number;
  /** How often a flow that was assured found no place, or had an end with its share: it stayed evictable. */
  readonly withoutRoom: number;
  readonly overShare: number;
}

type ConntrackMaps = Pick<MapSet, 'hd_ct' | 'hd_ct_unassured' | 'hd_ct_aging'>;

const NEARLY_FULL = 0.8;

export function readConntrackRoom({ hd_ct_aging }: Pick<MapSet, 'hd_ct_aging'>): ConntrackRoom {
  const row = hd_ct_aging.get(0);
  return {
    assured: row?.ringRows ?? 0,
    unassured: row?.queueRows ?? 0,
    withoutRoom: Number(row?.noRoom ?? 0n),
    overShare: Number(row?.overShare ?? 0n),
  };
}

/** A sentence for each table that is nearly full. */
export function conntrackProblems(maps: ConntrackMaps): string[] {
  const { assured, unassured } = readConntrackRoom(maps);
  return [
    ...nearlyFull('hd_ct', assured, maps.hd_ct.info.maxEntries, 'connections beyond it can be evicted'),
    ...nearlyFull(
      'hd_ct_unassured',
      unassured,
      maps.hd_ct_unassured.info.maxEntries,
      'new flows push out others before they are answered',
    ),
  ];
}

function nearlyFull(name: string, rows: number, maxRows: number, consequence: string): string[] {
  if (rows < maxRows * NEARLY_FULL) return [];
  const share = Math.floor((rows / maxRows) * 100);
  return [`${name} is ${share} % full, ${rows} of ${maxRows} flows: ${consequence}; maps.conntrack sizes it`];
}
