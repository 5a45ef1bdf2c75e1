// What the daemon keeps on disk is removed, damaged or read-only, and the disk is full.
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { killDaemon } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { COSTS_NOTHING } from '../cost.ts';
import { nothingToEnd, type End, type Held, type Place, type SoakFault } from '../fault.ts';
import { emptyDisk, fillDisk } from '../world/disk.ts';
import { startIfEnded } from './daemon.ts';

const LASTS_MS = 4_000;

function state(name: string, begin: SoakFault['begin'], ...also: readonly Held[]): SoakFault {
  return {
    ...{ name, holds: ['state', ...also], cost: COSTS_NOTHING, lastsMs: LASTS_MS },
    begin,
  };
}

async function damageRecord({ node, random }: Place): Promise<End> {
  await killDaemon(node);
  const records = join(node.stateDir, 'attachments');
  writeFileSync(
    join(records, random.pick(readdirSync(records).sort())),
    random.pick(['', '{', '{}', '\0\0\0\0']),
  );
  return () => startIfEnded(node);
}

function makeReadOnly({ stateDir }: NodePlan): End {
  execFileSync('mount', ['--bind', stateDir, stateDir]);
  execFileSync('mount', ['-o', 'remount,ro,bind', stateDir]);
  return () => execFileSync('umount', [stateDir]);
}

export const STATE_FAULTS: readonly SoakFault[] = [
  state('the state directory removed', ({ node }) => {
    rmSync(node.stateDir, { recursive: true });
    return nothingToEnd;
  }),
  state(
    'the state directory removed while the daemon is dead',
    async ({ node }) => {
      await killDaemon(node);
      rmSync(node.stateDir, { recursive: true });
      return () => startIfEnded(node);
    },
    'daemon',
  ),
  state("a pod's record damaged while the daemon is dead", damageRecord, 'daemon'),
  state('the state directory read-only', ({ node }) => makeReadOnly(node)),
  state('the run directory removed', ({ node }) => {
    rmSync(dirname(node.socket), { recursive: true });
    return nothingToEnd;
  }),
  state('the disk full', ({ node }) => {
    fillDisk(node);
    return () => emptyDisk(node);
  }),
];
