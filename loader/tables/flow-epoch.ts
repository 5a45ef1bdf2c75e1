// hd_flow_epoch: makes the programs' cached flows void after the rows that they repeat have changed.
import { FlowEpochRow } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';

/** The number has 32 bits. */
const WRAPS_AT = 2 ** 32;

/**
 * Call once the rows are written: a packet that began before has read the former number, and what it caches is void, too.
 * A daemon that is killed in between leaves cached flows that are void by their time, a second at most.
 */
export function voidCachedFlows(map: MapSet['hd_flow_epoch']): void {
  const number = map.get(FlowEpochRow.EPOCH_TABLES)?.number ?? 0;
  map.set(FlowEpochRow.EPOCH_TABLES, { number: (number + 1) % WRAPS_AT });
}
