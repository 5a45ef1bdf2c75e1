// Busy time of the machine's processors. Packets are mostly processed in softirqs, which no process is charged for.
import { readFileSync } from 'node:fs';

/** USER_HZ: what /proc counts in, on every architecture. */
const TICKS_PER_SECOND = 100;

/** Seconds so far that all processors together were busy, as this machine saw it: not what its host took away. */
export function busySeconds(): number {
  return busySecondsIn(readFileSync('/proc/stat', 'utf8'));
}

export function busySecondsIn(stat: string): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (stat.split('\n', 1)[0] ?? '')
    .split(/ +/)
    .map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}
