// What is looked at when all faults of a world are over: counters, leaks, and what is left once every pod is deleted.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddr } from 'ip';
import { knownAddresses } from '../../lab/known-pods.ts';
import type { NodePlan } from '../../lab/plan.ts';
import { leaksBetween, type Holdings } from '../chaos/leaks.ts';
import { heddlectl } from '../support/heddlectl.ts';
import { mustExec } from '../support/lab.ts';
import { until } from '../support/until.ts';
import { shapeOf } from './shape.ts';
import type { World } from './world/world.ts';

const COUNTED_S = 3;
/** grpc-js keeps the connections of closed clients for 10 s and more. */
const SETTLED_MS = 40_000;

/** A sentence for each counter that does not balance: `heddlectl stats --check` while traffic runs. */
export async function checkCounters({ lab }: World): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name } of lab.nodes) {
    const words = [
      '--lab',
      lab.options.name,
      '--node',
      name,
      'stats',
      '--check',
      '--seconds',
      String(COUNTED_S),
    ];
    const { code, stdout, stderr } = await heddlectl(...words);
    if (code !== 0) found.push(`${name}: expected counters that balance, found ${stdout}${stderr}`);
  }
  return found;
}

/** A sentence for each thing that is not as it was before the first fault. */
export async function checkLeaks({ lab }: World, whole: Holdings): Promise<readonly string[]> {
  let leaks: readonly string[] = [];
  await until(async () => {
    leaks = leaksBetween(whole, await shapeOf(lab));
    return leaks.length === 0;
  }, SETTLED_MS);
  return leaks.map(leak => `expected what the nodes held before, found ${leak}`);
}

/** Deletes every pod: no node then has a device, a row, a record or an address of one. */
export async function checkEmptied(world: World): Promise<readonly string[]> {
  const { lab } = world;
  await Promise.all(lab.pods.map(pod => world.deletePod(pod)));
  const addresses = new Set(lab.pods.flatMap(pod => pod.addresses.map(address => parseAddr(address))));
  let left: readonly string[] = [];
  await until(async () => {
    left = (await Promise.all(lab.nodes.map(node => leftOn(node, addresses)))).flat();
    return left.length === 0;
  }, SETTLED_MS);
  return left;
}

async function leftOn(node: NodePlan, addresses: ReadonlySet<string>): Promise<readonly string[]> {
  const found = {
    devices: (await mustExec(node, 'ip', '-br', 'link'))
      .split('\n')
      .filter(line => /^hd[0-9a-f]{6,}/.test(line)),
    records: namesIn(join(node.stateDir, 'attachments')),
    'kept deletes': namesIn(`${node.socket}.deletes`),
    rows: [...knownAddresses(node)].filter(address => addresses.has(address)),
  };
  return Object.entries(found).flatMap(([what, names]) =>
    names.length === 0
      ? []
      : [`${node.name}: expected no ${what} of deleted pods, found ${names.join(', ')}`],
  );
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
