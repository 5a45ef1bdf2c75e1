// The RCU grace period that the kernel waits for in every tcx attach: 5 to 10 ms, or 0.05 ms when expedited.
import {
  accessSync,
  constants,
  lstatSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Change } from '../model/change.ts';
import { errorCode } from './failure.ts';
import { expeditedMark } from './pin.ts';

/** The kernel's switch for the whole machine (Documentation/admin-guide/kernel-parameters: rcupdate.rcu_expedited). */
const SWITCH = '/sys/kernel/rcu_expedited';

/** Runs `action` with grace periods expedited, where the kernel lets us; the switch is back when it returns. */
export function withExpeditedGracePeriods<T>(pinRoot: string, action: () => T): T {
  const mark = expeditedMark(pinRoot);
  if (!turnOn(mark)) return action();
  try {
    return action();
  } finally {
    turnOff(mark);
  }
}

/** Turns back what a kill in the middle of an attach has left on. */
export function restoreGracePeriods(pinRoot: string): Change[] {
  const mark = expeditedMark(pinRoot);
  if (lstatSync(mark, { throwIfNoEntry: false }) === undefined) return [];
  turnOff(mark);
  return [{ subject: SWITCH, action: 'turned off again: an attach was cut off' }];
}

/** False if it is on already, by an administrator's will or another node's, or out of reach. */
function turnOn(mark: string): boolean {
  try {
    if (readFileSync(SWITCH, 'utf8').trim() !== '0') return false;
    accessSync(SWITCH, constants.W_OK);
    symlinkSync('expedited', mark); // first: a kill between the two costs nothing
    writeFileSync(SWITCH, '1');
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EROFS', 'EPERM'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

function turnOff(mark: string): void {
  writeFileSync(SWITCH, '0');
  unlinkSync(mark);
}
