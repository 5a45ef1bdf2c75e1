// A limit of a process's own CPU time: unlike one of the clock, it does not shrink while others have the machine.
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

const POLL_MS = 1_000;
/** Clock ticks a second, as user space sees them on Linux (kernel: USER_HZ). */
const TICKS = 100;
/** Of `/proc/PID/stat` behind the command, which may have blanks in it: utime and stime (proc_pid_stat(5)). */
const [UTIME, STIME] = [11, 12];

/** The child is killed by SIGKILL once it has used more. */
export function limitCpu(child: ChildProcess, seconds: number): void {
  const timer = setInterval(() => {
    if (cpuSecondsOf(child.pid ?? 0) > seconds) child.kill('SIGKILL');
  }, POLL_MS);
  child.once('exit', () => {
    clearInterval(timer);
  });
}

/** 0 once it has ended. */
function cpuSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS;
  } catch {
    return 0;
  }
}
