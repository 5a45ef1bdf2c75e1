// A clock for times that are kept on disk: it does not step with the wall clock, and outlives the process, not the boot.
import { readFileSync } from 'node:fs';

/** Milliseconds of CLOCK_MONOTONIC: since the boot, the same for every process. */
export function bootClockMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** Distinguishes this boot from every other: times of the boot clock compare only within one. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
