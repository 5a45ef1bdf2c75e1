// The RCU grace period that the kernel waits for in every tcx attach: 5 to 10 ms, or 0.05 ms when expedited.
import { readFileSync, writeFileSync } from 'node:fs';
import { errorCode } from './failure.ts';

/** The kernel's switch for the whole machine (Documentation/admin-guide/kernel-parameters: rcupdate.rcu_expedited). */
const SWITCH = '/sys/kernel/rcu_expedited';

/** Runs `action` with grace periods expedited, where the kernel lets us; the switch is back when it returns. */
export function withExpeditedGracePeriods<T>(action: () => T): T {
  if (!turnOn()) return action();
  try {
    return action();
  } finally {
    writeFileSync(SWITCH, '0');
  }
}

/** False if it is on already, by an administrator's will, or out of reach. */
function turnOn(): boolean {
  try {
    if (readFileSync(SWITCH, 'utf8').trim() !== '0') return false;
    writeFileSync(SWITCH, '1');
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EROFS', 'EPERM'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}
