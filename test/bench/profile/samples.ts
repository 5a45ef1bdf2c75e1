// What perf has counted: how long each process was seen in each function.
import { REPORT_SEPARATOR } from './recording.ts';

export interface Sample {
  /** As our PID namespace numbers it; outside of it, processes and idle processors have 0 or -1. */
  readonly pid: number;
  /** Its name. */
  readonly process: string;
  readonly symbol: string;
  readonly isKernel: boolean;
  readonly nanoseconds: number;
}

/** Lines of `perf report` with the columns period, pid and symbol; comments between them are none of it. */
export function samplesIn(report: string): readonly Sample[] {
  return report
    .split('\n')
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
    .map(sampleIn);
}

function sampleIn(line: string): Sample {
  const [period = '', task = '', ...rest] = line.split(REPORT_SEPARATOR).map(cell => cell.trim());
  const [, pid, process = ''] = /^(-?\d+):(.*)$/.exec(task) ?? [];
  const [, mode, symbol = ''] = /^\[(.)\] (.*)$/.exec(rest.join(REPORT_SEPARATOR)) ?? [];
  if (!/^\d+$/.test(period) || pid === undefined || mode === undefined)
    throw new Error(`perf report has a line like '${line}'`);
  return {
    pid: Number(pid),
    process: process.trim(),
    symbol,
    isKernel: mode !== '.',
    nanoseconds: Number(period),
  };
}
