// The next daemon has other programs and larger maps, as after an upgrade; and the one after that the old ones again.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { killDaemon, startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import type { Fault, Target } from '../fault.ts';

/** About as long as a start takes that replaces everything. */
const START_MS = 1_200;

interface DaemonConfig {
  readonly tunnel: object;
  readonly maps: { readonly endpoints: number; readonly routes: number };
}

/** Constants of the programs are others, and the maps that are filled anew have other sizes. */
function asUpgraded(config: DaemonConfig): DaemonConfig {
  const { endpoints, routes } = config.maps;
  return {
    ...config,
    tunnel: { ...config.tunnel, sourcePortMin: 50_000 },
    maps: { ...config.maps, endpoints: 2 * endpoints, routes: 2 * routes },
  };
}

async function restart(node: NodePlan): Promise<void> {
  await stopDaemon(node);
  startDaemon(node);
  await waitForDaemon(node);
}

/** Up, `during`, and down again: what was there before is there after it. */
export async function upAndDown(node: NodePlan, during: () => Promise<void>): Promise<void> {
  const before = readFileSync(node.configFile, 'utf8');
  try {
    writeFileSync(node.configFile, stringify(asUpgraded(parse(before) as DaemonConfig)));
    await during();
  } finally {
    writeFileSync(node.configFile, before);
    await restart(node);
  }
}

const upgraded: Fault = {
  name: 'daemon upgraded and downgraded',
  times: 10,
  replacesAll: true,
  inject: ({ node }) => upAndDown(node, () => restart(node)),
};

async function killDuringUpgrade({ node, random }: Target): Promise<void> {
  await stopDaemon(node);
  startDaemon(node);
  await sleep(random.int(START_MS));
  await killDaemon(node);
  if (random.chance(0.5)) await restart(node); // else the downgrade meets what was left
}

const killedUpgrading: Fault = {
  name: 'daemon killed -9 while it upgrades',
  times: 20,
  replacesAll: true,
  inject: target => upAndDown(target.node, () => killDuringUpgrade(target)),
};

export const UPGRADE_FAULTS: readonly Fault[] = [upgraded, killedUpgrading];
