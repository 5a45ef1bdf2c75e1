// hd_control: a per-CPU array of one entry, written equally on every CPU.
import type { Control } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { NO_ADDR } from '../model/table-rows.ts';

const ONLY_KEY = 0;
const NO_CONTROL: Control = {
  ...{ generation: 0n, events: 0n, nonce: [0n, 0n] },
  ...{ tunnelIpv4: NO_ADDR, tunnelIpv6: NO_ADDR },
};

/** All CPUs have the same value. */
export function readControl(map: MapSet['hd_control']): Control {
  return cpusOf(map)[0] ?? NO_CONTROL;
}

/** The active policy bank: 0 or 1. */
export function activeBank(map: MapSet['hd_control']): number {
  return Number(readControl(map).generation & 1n);
}

/** Changes some members on all CPUs and keeps the others. */
export function changeControl(map: MapSet['hd_control'], change: Partial<Control>): void {
  map.set(
    ONLY_KEY,
    cpusOf(map).map(control => ({ ...control, ...change })),
  );
}

function cpusOf(map: MapSet['hd_control']): readonly Control[] {
  return map.get(ONLY_KEY) ?? [];
}
