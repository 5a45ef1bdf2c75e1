// Two nodes with a pod each, real daemons, an overlay in between, and a number of active rules at both pods.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { labDown } from '../../../lab/down.ts';
import type { Lab } from '../../../lab/lab.ts';
import { DEFAULT_OPTIONS, type NodePlan } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';
import { MAP_NAMES } from '../../../loader/abi/map-set.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import type { BenchContext } from '../figure.ts';
import { policyManifests, prefixesIn, type RuleShape } from '../policy/manifests.ts';
import type { FloodEnd } from './flood.ts';
import { forgetFlows } from './forget-flows.ts';
import { podEnd } from './lab-network.ts';

export interface PolicyLab extends AsyncDisposable {
  readonly from: FloodEnd;
  readonly to: FloodEnd;
  /** So that all of them are new. */
  forgetFlows(): Promise<void>;
}

const POLICIES_PER_FILE = 10;
const POLL_MS = 500;
const PATIENCE_MS = 180_000;

/** Under that name; an earlier one that was left is taken down first. */
export async function openPolicyLab(
  name: string,
  shape: RuleShape,
  context: BenchContext,
): Promise<PolicyLab> {
  const { progress, signal } = context;
  progress(`a lab of two nodes, ${shape.rules} rules`);
  await labDown(name);
  const options = {
    ...DEFAULT_OPTIONS,
    name,
    podsPerNode: 1,
    families: 'ipv4',
    underlayFamilies: 'ipv4',
  } as const;
  const lab = await labUp(options, { signal });
  try {
    writePolicies(lab, shape);
    for (const node of lab.nodes) await waitForRules(node, shape, signal);
  } catch (error) {
    await labDown(name);
    throw error;
  }
  const [from, to] = lab.pods.map(pod => podEnd(lab, pod));
  if (from === undefined || to === undefined) throw new Error('the lab has too few pods');
  return {
    from,
    to,
    forgetFlows: () => {
      for (const node of lab.nodes) forgetFlows(node);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => labDown(name),
  };
}

function writePolicies(lab: Lab, shape: RuleShape): void {
  const policies = policyManifests(shape);
  for (let i = 0; i < policies.length; i += POLICIES_PER_FILE) {
    const text = policies
      .slice(i, i + POLICIES_PER_FILE)
      .map(policy => stringify(policy, { aliasDuplicateObjects: false }))
      .join('---\n');
    writeFileSync(join(lab.manifests, `policies-${i}.yaml`), text);
  }
}

/** The table of prefixes is filled before the policy that refers to them is active. */
async function waitForRules(node: NodePlan, shape: RuleShape, signal: AbortSignal): Promise<void> {
  if (shape.rules === 0) return;
  const deadline = Date.now() + PATIENCE_MS;
  while (!hasRules(node, prefixesIn(shape))) {
    signal.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`the daemon of ${node.name} did not activate its rules`);
    await sleep(POLL_MS);
  }
}

function hasRules(node: NodePlan, prefixes: number): boolean {
  const maps = openPinnedMaps(node.pinRoot);
  try {
    const version = Number((maps.hd_control.get(0)?.[0]?.generation ?? 0n) & 1n);
    const identities = [...maps.hd_cidr.entries()].filter(([, { identity }]) => identity[version] !== 0);
    return identities.length >= prefixes;
  } finally {
    for (const name of MAP_NAMES) maps[name][Symbol.dispose]();
  }
}
