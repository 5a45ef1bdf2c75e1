// hd_event_lost: events that found no room in the ring, on all CPUs.
import type { MapSet } from '../abi/map-set.ts';

export function readEventLosses(map: MapSet['hd_event_lost']): bigint {
  return (map.get(0) ?? []).reduce((sum, count) => sum + count, 0n);
}
