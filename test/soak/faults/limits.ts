// Limits of the daemon's process: no descriptor more than it has, not a page more of address space.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { daemonOf } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { isRunning } from '../../../lab/process.ts';
import { COSTS_NOTHING } from '../cost.ts';
import { nothingToEnd, type End, type SoakFault } from '../fault.ts';
import { startIfEnded } from './daemon.ts';

const LASTS_MS = 5_000;
const BYTES_OF_KIB = 1_024;

type Limit = 'nofile' | 'as';

/** What the process has of it now. */
function usedBy(pid: number, limit: Limit): number {
  if (limit === 'nofile') return readdirSync(`/proc/${pid}/fd`).length;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmSize:\s+(\d+) kB$/m.exec(status)?.[1]) * BYTES_OF_KIB;
}

/** One that dies of it is started anew, as by systemd or the kubelet. */
function limited(node: NodePlan, limit: Limit): End {
  const daemon = daemonOf(node);
  if (daemon === undefined) return nothingToEnd;
  const prlimit = (...words: string[]): string =>
    execFileSync('prlimit', ['--pid', String(daemon.pid), ...words], { encoding: 'utf8' });
  const before = prlimit(`--${limit}`, '--noheadings', '--raw', '--output=SOFT').trim();
  prlimit(`--${limit}=${usedBy(daemon.pid, limit)}:`);
  return () => {
    if (isRunning(daemon)) prlimit(`--${limit}=${before}:`);
    startIfEnded(node);
  };
}

export const LIMIT_FAULTS: readonly SoakFault[] = [
  {
    ...{ name: 'daemon has no descriptor left', holds: ['daemon'], cost: COSTS_NOTHING, lastsMs: LASTS_MS },
    begin: ({ node }) => limited(node, 'nofile'),
  },
  {
    ...{ name: 'daemon has no memory left', holds: ['daemon'], cost: COSTS_NOTHING, lastsMs: LASTS_MS },
    begin: ({ node }) => limited(node, 'as'),
  },
];
