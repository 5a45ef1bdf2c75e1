// All that a lab's nodes hold of pods, so that before and after a container can be compared.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../lab/lab.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import { nodeState } from '../node-state.ts';
import { until } from '../until.ts';

/** Other nodes hear of a container's end a moment later, and runtimes tidy up a moment longer. */
const SETTLED_MS = 60_000;
const POLL_MS = 100;

/**
 * A line each: what every node's daemon has made, the firewall's rules among it, and the addresses that are given; once what answered
 * DELs have left to do is done.
 */
export async function labTraces({ nodes }: Lab): Promise<string[]> {
  const states = await Promise.all(
    nodes.map(async node => {
      await until(() => recordsOf(node).every(name => !name.startsWith('allocated-')));
      const given = recordsOf(node).map(name => `attachment ${name}`);
      return [...given, ...(await nodeState(node))].map(line => `${node.name} ${line}`);
    }),
  );
  return states.flat();
}

function recordsOf({ stateDir }: NodePlan): string[] {
  return readdirSync(join(stateDir, 'attachments'));
}

/** What was not there before and what is no more, a line each. */
export async function changedTraces(lab: Lab, before: readonly string[]): Promise<string[]> {
  const now = await labTraces(lab);
  const added = now.filter(line => !before.includes(line)).map(line => `+ ${line}`);
  return [...added, ...before.filter(line => !now.includes(line)).map(line => `- ${line}`)];
}

/** Polls until nothing is left; returns what is left at the time limit. */
export async function whatStays(look: () => Promise<string[]>): Promise<string[]> {
  const deadline = Date.now() + SETTLED_MS;
  for (;;) {
    const seen = await look();
    if (seen.length === 0 || Date.now() > deadline) return seen;
    await sleep(POLL_MS);
  }
}
