// The next daemon is another build, with a map, a hook or a member that this one does not know; and then this one again.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { waitForEnd } from '../../../lab/process.ts';
import type { BuildPatch } from '../builds/patch.ts';
import { BUILDS, LAST_STEP, STEPS_FILE } from '../builds/patches.ts';
import type { Fault, Target } from '../fault.ts';
import { upAndDown } from './upgrade.ts';

const TIMES = 5;
/** Of an upgrade's steps, in a short run. */
const FEW_STEPS = 2;
const DEATH_MS = 60_000;
/** The last that an upgrade takes. */
const LAST = 'programs pinned';

interface Other {
  readonly patch: BuildPatch;
  /** A pin that this build does not have. */
  readonly pin?: string;
}

async function upgradeAndBack({ node, buildOf }: Target, { patch, pin }: Other): Promise<void> {
  const bundle = await buildOf(patch);
  const path = pin === undefined ? undefined : join(node.pinRoot, pin);
  await upAndDown(node, async () => {
    await stopDaemon(node);
    startDaemon(node, { bundle });
    await waitForDaemon(node);
    if (path !== undefined && !existsSync(path)) throw new Error(`${node.name}: ${path} was not pinned`);
  });
  if (path !== undefined && existsSync(path)) throw new Error(`${node.name}: ${path} was not removed`);
}

/** Of an upgrade of that node to the build with another hook: it says where it is. */
async function countSteps({ node }: Target, bundle: string): Promise<number> {
  const file = join(dirname(node.logFile), 'steps');
  try {
    await upAndDown(node, async () => {
      await stopDaemon(node);
      startDaemon(node, { bundle, environment: { [STEPS_FILE]: file } });
      await waitForDaemon(node);
    });
    const steps = readFileSync(file, 'utf8').split('\n').indexOf(LAST) + 1;
    if (steps === 0) throw new Error(`${node.name}: the upgrade has not come to '${LAST}'`);
    return steps;
  } finally {
    rmSync(file, { force: true });
  }
}

/** What it left is met by the same build again, or by the old one. */
async function killAfter({ node, random }: Target, bundle: string, step: number): Promise<void> {
  await upAndDown(node, async () => {
    await stopDaemon(node);
    const daemon = startDaemon(node, { bundle, environment: { [LAST_STEP]: String(step) } });
    if (!(await waitForEnd(daemon, DEATH_MS))) throw new Error(`${node.name}: not dead after step ${step}`);
    if (random.chance(0.5)) return;
    startDaemon(node, { bundle });
    await waitForDaemon(node);
  });
}

async function killAfterEachStep(target: Target): Promise<void> {
  const bundle = await target.buildOf(BUILDS.hook);
  const count = await countSteps(target, bundle);
  const steps = Array.from({ length: count }, (_, i) => i + 1);
  for (const step of target.isShort ? target.random.sample(steps, FEW_STEPS) : steps)
    await killAfter(target, bundle, step);
}

function between(name: string, other: Other): Fault {
  return {
    name: `upgraded to a build with ${name}, and back`,
    times: TIMES,
    replacesAll: true,
    inject: target => upgradeAndBack(target, other),
  };
}

export const BUILD_FAULTS: readonly Fault[] = [
  between('a map more', { patch: BUILDS.map, pin: 'maps/hd_longest' }),
  between('another interface table', { patch: BUILDS.interfaces, pin: 'maps/hd_port' }),
  between('a hook more', { patch: BUILDS.hook, pin: 'links/eth0/uplink_seen' }),
  between('a new member in conntrack', { patch: BUILDS.conntrackMember }),
  between('a renamed member in conntrack', { patch: BUILDS.conntrackName }),
  {
    name: 'killed -9 after each step of such an upgrade',
    times: 1,
    replacesAll: true,
    inject: killAfterEachStep,
  },
];
