// The daemon ends, hangs, is slow, or is told to read its configuration anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { daemonOf, killDaemon, startDaemon, stopDaemon } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { signal } from '../../../lab/process.ts';
import { COSTS_NOTHING } from '../cost.ts';
import type { End, SoakFault } from '../fault.ts';

const AWAY_MS = 3_000;
const HUNG_MS = 8_000;
/** Of each hundred milliseconds. */
const AWAKE_MS = 10;
const ASLEEP_MS = 90;

const common = { holds: ['daemon'], cost: COSTS_NOTHING } as const;

export function startIfEnded(node: NodePlan): void {
  if (daemonOf(node) === undefined) startDaemon(node);
}

function signalDaemon(node: NodePlan, name: NodeJS.Signals): void {
  const daemon = daemonOf(node);
  if (daemon !== undefined) signal(daemon, name);
}

async function killedStarting(node: NodePlan, withinMs: number): Promise<End> {
  await killDaemon(node);
  startDaemon(node);
  const timer = setTimeout(() => signalDaemon(node, 'SIGKILL'), withinMs);
  return async () => {
    clearTimeout(timer);
    await killDaemon(node);
    startDaemon(node);
  };
}

/** A tenth of a processor. */
function slowed(node: NodePlan): End {
  let timer: NodeJS.Timeout | undefined;
  const sleepThenWake = (): void => {
    signalDaemon(node, 'SIGSTOP');
    timer = setTimeout(wakeThenSleep, ASLEEP_MS);
  };
  const wakeThenSleep = (): void => {
    signalDaemon(node, 'SIGCONT');
    timer = setTimeout(sleepThenWake, AWAKE_MS);
  };
  sleepThenWake();
  return () => {
    clearTimeout(timer);
    signalDaemon(node, 'SIGCONT');
  };
}

/** SIGHUP with another configuration, and again with what it was before. */
function reread(node: NodePlan, edit: (text: string) => string): End {
  const before = readFileSync(node.configFile, 'utf8');
  const tell = (text: string): void => {
    writeFileSync(node.configFile, text);
    signalDaemon(node, 'SIGHUP');
  };
  tell(edit(before));
  return () => tell(before);
}

function withMoreLog(text: string): string {
  return stringify({ ...(parse(text) as object), log: { level: 'debug' } });
}

export const DAEMON_FAULTS: readonly SoakFault[] = [
  {
    ...{ ...common, name: 'daemon killed -9', lastsMs: AWAY_MS },
    begin: async ({ node }) => {
      await killDaemon(node);
      return () => startIfEnded(node);
    },
  },
  {
    ...{ ...common, name: 'daemon killed -9 while it starts', lastsMs: AWAY_MS },
    begin: ({ node, random }) => killedStarting(node, random.int(AWAY_MS)),
  },
  {
    ...{ ...common, name: 'daemon stopped (SIGTERM)', lastsMs: AWAY_MS },
    begin: async ({ node }) => {
      await stopDaemon(node);
      return () => startIfEnded(node);
    },
  },
  {
    ...{ ...common, name: 'daemon hangs (SIGSTOP)', lastsMs: HUNG_MS },
    begin: ({ node }) => {
      signalDaemon(node, 'SIGSTOP');
      return () => signalDaemon(node, 'SIGCONT');
    },
  },
  {
    ...{ ...common, name: 'daemon has a tenth of a processor', lastsMs: HUNG_MS },
    begin: ({ node }) => slowed(node),
  },
  {
    ...{ ...common, name: 'configuration edited (SIGHUP)', lastsMs: AWAY_MS },
    begin: ({ node }) => reread(node, withMoreLog),
  },
  {
    ...{ ...common, name: 'configuration damaged (SIGHUP)', lastsMs: AWAY_MS },
    begin: ({ node }) => reread(node, text => `${text}\nnoSuchSetting: [`),
  },
];
