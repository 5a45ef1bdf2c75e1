// One start of a real daemon, by the clock of its own log.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { isRunning, type ProcessId } from '../../../lab/process.ts';

/** Seconds. */
export interface DaemonStart {
  readonly daemon: ProcessId;
  /** From before the process is there until it is ready, all manifests read. */
  readonly wholeS: number;
  /** From when it has the objects until hd_endpoint has its rows; undefined: no row was written. */
  readonly programmedS: number | undefined;
  /** From when it has the objects until it is ready. */
  readonly adoptedS: number;
  /** Written to hd_endpoint. */
  readonly rows: number;
}

interface LogLine {
  readonly time: string;
  readonly msg: string;
}

const POLL_MS = 100;
const PATIENCE_MS = 240_000;
/** USER_HZ, as proc(5) counts. */
const TICKS_PER_SECOND = 100;

/** The daemon must log at level `debug`, as JSON. */
export async function timeDaemonStart(node: NodePlan, interrupted: AbortSignal): Promise<DaemonStart> {
  const logged = existsSync(node.logFile) ? statSync(node.logFile).size : 0;
  const start = Date.now();
  const daemon = startDaemon(node);
  const readLog = (): readonly LogLine[] => logLines(readFileSync(node.logFile).subarray(logged).toString());
  while (readLog().every(({ msg }) => msg !== 'ready')) {
    interrupted.throwIfAborted();
    if (!isRunning(daemon)) throw new Error(`the daemon has ended: see ${node.logFile}`);
    if (Date.now() - start > PATIENCE_MS) throw new Error('the daemon did not become ready');
    await sleep(POLL_MS);
  }
  const lines = readLog();
  const objectsMs = timeOf(lines, /^reconciling$/) ?? Number.NaN;
  const readyMs = timeOf(lines, /^ready$/) ?? Number.NaN;
  const writtenMs = timeOf(lines, /^hd_endpoint: \d+ rows written$/);
  const words = lines.find(({ msg }) => msg.startsWith('hd_endpoint: '))?.msg ?? '';
  return {
    daemon,
    wholeS: (readyMs - start) / 1_000,
    programmedS: writtenMs === undefined ? undefined : (writtenMs - objectsMs) / 1_000,
    adoptedS: (readyMs - objectsMs) / 1_000,
    rows: Number(/(\d+) rows written/.exec(words)?.[1] ?? 0),
  };
}

/** Resident memory of a process, MiB. */
export function rssMib({ pid }: ProcessId): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1_024;
}

/** Of user and system time, proc(5). */
export function cpuSeconds({ pid }: ProcessId): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function logLines(text: string): readonly LogLine[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').filter(line => line.startsWith('{'));
  return lines.map(line => JSON.parse(line) as LogLine);
}

/** Of the first line that says so. */
function timeOf(lines: readonly LogLine[], words: RegExp): number | undefined {
  const line = lines.find(({ msg }) => words.test(msg));
  return line === undefined ? undefined : Date.parse(line.time);
}
