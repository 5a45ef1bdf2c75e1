// hd_policy_drop: packets that each rule denied, summed over CPUs.
import type { MapSet } from '../abi/map-set.ts';

export function readPolicyDrops(map: MapSet['hd_policy_drop']): Map<number, number> {
  return new Map(
    Array.from(map.entries(), ([rule, cpus]) => [
      rule,
      Number(cpus.reduce((total, packets) => total + packets, 0n)),
    ]),
  );
}
