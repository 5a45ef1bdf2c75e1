// Deletes flows from hd_ct and hd_ct_unassured when their address moves to another pod.
import { type Addr, addrToBytes } from 'ip';
import type { BpfMap } from 'libbpf-ts';
import { flowLayout, type Flow } from '../abi/abi.gen.ts';
import { memberBytes } from '../abi/layout-member.ts';
import type { MapSet } from '../abi/map-set.ts';
import { rawMap } from './encoded-rows.ts';
import { voidCachedFlows } from './flow-epoch.ts';

const SOURCE = memberBytes(flowLayout, 'source' satisfies keyof Flow);
const DESTINATION = memberBytes(flowLayout, 'destination' satisfies keyof Flow);

export type FlowMaps = Pick<MapSet, 'hd_ct' | 'hd_ct_unassured' | 'hd_flow_epoch'>;

/** An address as in a raw conntrack key, one character a byte. */
export function flowAddr(addr: Addr): string {
  return Buffer.from(addrToBytes(addr)).toString('latin1');
}

/** Deletes every flow whose source or destination matches. Yields after each batch, so that the event loop can run. */
export function* deleteFlows(
  maps: FlowMaps,
  matches: (flowAddr: string) => boolean,
): Generator<undefined, number, undefined> {
  let deleted = 0;
  let isChanged = false;
  try {
    for (const map of [maps.hd_ct, maps.hd_ct_unassured] as BpfMap[]) {
      const keys: string[] = [];
      for (const key of keysOf(map)) {
        if (key === undefined) yield;
        else if (matches(endOf(key, SOURCE)) || matches(endOf(key, DESTINATION))) keys.push(key);
      }
      isChanged ||= keys.length > 0; // also if the batch fails half way
      deleted += rawMap(map).deleteBatch(keys);
    }
  } finally {
    if (isChanged) voidCachedFlows(maps.hd_flow_epoch);
  }
  return deleted;
}

const BATCH = 1_024;

/** `undefined` between batches. */
function* keysOf(map: BpfMap): Generator<string | undefined, void, undefined> {
  let count = 0;
  for (const [key] of rawMap(map).entries()) {
    yield key;
    if (++count % BATCH === 0) yield undefined;
  }
}

function endOf(key: string, { start, end }: ReturnType<typeof memberBytes>): string {
  return key.slice(start, end);
}
