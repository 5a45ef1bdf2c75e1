// hd_control: one value, kept once per CPU.
import type { Control } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import { NO_ADDR } from '../model/dataplane-rows.ts';

const ONLY_KEY = 0;
const NO_CONTROL: Control = {
  ...{ generation: 0n, events: 0n, nonce: [0n, 0n] },
  ...{ tunnelIpv4: NO_ADDR, tunnelIpv6: NO_ADDR },
};

/** As every CPU has it. */
export function readControl(map: MapSet['hd_control']): Control {
  return cpusOf(map)[0] ?? NO_CONTROL;
}

/** Which of the two versions of every table is in force: 0 or 1. */
export function versionInForce(map: MapSet['hd_control']): number {
  return Number(readControl(map).generation & 1n);
}

/** Writes some members on all CPUs and leaves the others as they are. */
export function changeControl(map: MapSet['hd_control'], change: Partial<Control>): void {
  map.set(
    ONLY_KEY,
    cpusOf(map).map(control => ({ ...control, ...change })),
  );
}

function cpusOf(map: MapSet['hd_control']): readonly Control[] {
  return map.get(ONLY_KEY) ?? [];
}
