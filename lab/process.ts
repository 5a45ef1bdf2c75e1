// Processes that outlive the command that started them, identified by pid and start time in case the pid is reused.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot (field 22 of /proc/pid/stat): distinguishes a process from a later one with the same pid. */
  readonly startTicks: string;
}

const POLL_MS = 20;

/** Throws if the process has ended. */
export function processId(pid: number): ProcessId {
  const startTicks = startTicksOf(pid);
  if (startTicks === undefined) throw new Error(`process ${pid} has ended`);
  return { pid, startTicks };
}

export function isRunning(process: ProcessId): boolean {
  return startTicksOf(process.pid) === process.startTicks;
}

/** Does nothing if the process has ended. */
export function signal(target: ProcessId, name: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch {
    // it ended in between
  }
}

/** True when it has ended within the time. */
export async function waitForEnd(target: ProcessId, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isRunning(target)) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Undefined for a process that is gone, or has ended and is only waiting to be reaped. */
function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the command's name may hold anything
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
