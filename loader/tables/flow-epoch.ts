// hd_flow_epoch: makes the programs' cached flows void after the rows that they repeat have changed.
import { FlowEpochRow } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';

const NANOSECONDS_PER_MICROSECOND = 1_000n;

/**
 * Call once the rows are written: a packet that began before has read the former number, and what it caches is void, too.
 * A daemon that is killed in between leaves cached flows that are void by their time, a second at most.
 */
export function voidCachedFlows(map: MapSet['hd_flow_epoch']): void {
  map.set(FlowEpochRow.EPOCH_TABLES, { number: anotherNumber() });
}

/** Any that no cached flow has: they live for a second, and this clock's microseconds begin anew after 71 minutes. No read is needed. */
function anotherNumber(): number {
  return Number(BigInt.asUintN(32, process.hrtime.bigint() / NANOSECONDS_PER_MICROSECOND));
}
