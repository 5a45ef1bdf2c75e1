// hd_event_lost: events that did not fit into the ring buffer, summed over CPUs.
import type { MapSet } from '../abi/map-set.ts';

export function readEventLosses(map: MapSet['hd_event_lost']): bigint {
  return (map.get(0) ?? []).reduce((sum, count) => sum + count, 0n);
}
