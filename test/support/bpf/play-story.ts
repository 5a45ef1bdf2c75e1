// Plays a story on a node, packet by packet, and checks each verdict.
import { describePacket, diffPackets } from '../packet/diff.ts';
import { actionOf } from './action.ts';
import { CLUSTER } from './cluster-given.ts';
import { givenWith } from './given.ts';
import type { Assertions } from './check-row.ts';
import type { NodeBench } from './node-bench.ts';
import type { Step, Stories, Story } from './story.ts';
import type { HookName } from './table.ts';
import { trackedFlows } from './tracked.ts';

/** Those that the stories' packets meet. */
export function hooksOf({ stories }: Pick<Stories, 'stories'>): readonly HookName[] {
  return [...new Set(stories.flatMap(({ steps }) => steps.map(({ hook }) => hook)))];
}

/** What a step takes is less. */
const RENEWED_MS = 5_000;

export function playStory(t: Assertions, node: NodeBench, { given = {}, steps }: Story): void {
  node.fill(givenWith(CLUSTER, given));
  for (const [index, step] of steps.entries()) {
    const { hook, context, verdict, tracked } = step;
    if (step.change !== undefined) node.change(givenWith(CLUSTER, step.change));
    const sent = step.sent.bytes();
    const { counted, action, packet } = node.run(hook, sent, context);
    const got = counted.map(({ hook, verdict, packets }) => `${hook} ${verdict} ${packets}`);
    const said = { packet: describePacket(sent) };
    t.same(got, [`HOOK_${hook.toUpperCase()} ${verdict} 1`], `step ${index + 1}: ${verdict}`, said);
    t.equal(action === 'drop', isDropped(step), 'the action agrees with the verdict');
    if (step.becomes !== undefined)
      t.same(diffPackets(step.becomes.bytes(), packet), [], 'the packet is what it should have become');
    if (step.idle !== undefined) t.equal(isIdle(node, step.idle), true, 'its time goes on');
    if (step.isRenewed === true)
      t.equal(
        silences(node).every(ms => ms < RENEWED_MS),
        true,
        'its time begins anew',
      );
    if (tracked !== undefined) t.same(trackedFlows(node), [...tracked].sort(), 'these flows are tracked');
  }
}

/** Milliseconds of silence, in the order of hd_ct_unassured. */
function silences({ maps }: NodeBench): number[] {
  const entries = [...(maps.get('hd_ct_unassured')?.entries() ?? [])];
  return entries.map(([, entry]) => Number(process.hrtime.bigint() - (entry['seenNs'] as bigint)) / 1e6);
}

function isIdle(node: NodeBench, idleMs: readonly number[]): boolean {
  const seen = silences(node);
  return seen.length === idleMs.length && seen.every((ms, index) => ms >= (idleMs[index] ?? Infinity));
}

function isDropped({ verdict }: Step): boolean {
  return actionOf(verdict) === 'drop';
}
