// Expedites the RCU grace period that the kernel waits for in every tcx attach: 0.05 ms instead of 5 to 10 ms.
import { lstatSync, openSync, readSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import type { Change } from '../model/change.ts';
import { errorCode } from './failure.ts';
import { expeditedMark } from './pin.ts';

/** The kernel's switch for the whole machine (Documentation/admin-guide/kernel-parameters: rcupdate.rcu_expedited). */
const SWITCH = '/sys/kernel/rcu_expedited';

/** As `withExpeditedGracePeriods`, for an asynchronous action. */
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

/** Runs `action` with grace periods expedited where the sysfs switch is writable; restores the switch afterwards. */
export function withExpeditedGracePeriods<T>(pinRoot: string, action: () => T): T {
  const mark = expeditedMark(pinRoot);
  if (!turnOn(mark)) return action();
  try {
    return action();
  } finally {
    turnOff(mark);
  }
}

/**
 * Turns the switch off if a process was killed while it had it on. Call it before this process expedites anything: its own mark
 * looks the same.
 */
export function restoreGracePeriods(pinRoot: string): Change[] {
  const mark = expeditedMark(pinRoot);
  if (lstatSync(mark, { throwIfNoEntry: false }) === undefined) return [];
  const why = 'an earlier process was killed while it attached or removed a pod';
  try {
    turnOff(mark);
    return [{ subject: SWITCH, action: `turned off: ${why}` }];
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    return [
      { subject: SWITCH, action: `stays on: ${why}, and this one cannot write it: echo 0 > ${SWITCH}` },
    ];
  }
}

/** False if the switch is on already, set by an administrator or by another node's daemon, or cannot be written. */
function turnOn(mark: string): boolean {
  try {
    if (readSwitch() !== '0') return false;
    symlinkSync('expedited', mark); // before the write: a kill between the two leaves only the mark
    writeSwitch('1');
    return true;
  } catch (error) {
    if (isUnwritable(error)) return false;
    throw error;
  }
}

function isUnwritable(error: unknown): boolean {
  return ['ENOENT', 'EACCES', 'EROFS', 'EPERM'].includes(errorCode(error) ?? '');
}

function turnOff(mark: string): void {
  writeSwitch('0');
  rmSync(mark, { force: true });
}

let switchFd: number | undefined;

/** Keeps the descriptor open, since every attach writes it twice. Throws if the switch is not writable. */
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
