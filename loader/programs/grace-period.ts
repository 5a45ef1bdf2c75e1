// The RCU grace period that the kernel waits for in every tcx attach: 5 to 10 ms, or 0.05 ms when expedited.
import { lstatSync, openSync, readSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import type { Change } from '../model/change.ts';
import { errorCode } from './failure.ts';
import { expeditedMark } from './pin.ts';

/** The kernel's switch for the whole machine (Documentation/admin-guide/kernel-parameters: rcupdate.rcu_expedited). */
const SWITCH = '/sys/kernel/rcu_expedited';

/** As below, of an action that goes on after it returns. */
export async function withExpeditedGracePeriodsUntil<T>(
  pinRoot: string,
  action: () => Promise<T>,
): Promise<T> {
  const mark = expeditedMark(pinRoot);
  if (!turnOn(mark)) return action();
  try {
    return await action();
  } finally {
    turnOff(mark);
  }
}

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
    if (readSwitch() !== '0') return false;
    symlinkSync('expedited', mark); // first: a kill between the two costs nothing
    writeSwitch('1');
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EROFS', 'EPERM'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

function turnOff(mark: string): void {
  writeSwitch('0');
  rmSync(mark, { force: true });
}

let switchFd: number | undefined;

/** Open from the first use on: every attach turns it twice. Throws where it may not be written. */
function openSwitch(): number {
  return (switchFd ??= openSync(SWITCH, 'r+'));
}

function readSwitch(): string {
  const text = Buffer.alloc(2);
  return text.toString('latin1', 0, readSync(openSwitch(), text, 0, text.length, 0)).trim();
}

function writeSwitch(value: '0' | '1'): void {
  writeSync(openSwitch(), value, 0);
}
