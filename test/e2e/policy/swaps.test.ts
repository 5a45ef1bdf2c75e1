// Packets while policy is swapped: every verdict is the old or the new policy's, none a mixture, none lost that both admit.
import '../../support/bpf/own-netns.ts';
import { startProber } from '../../support/policy-swaps/prober.ts';
import t from 'tap';
import { readControl } from '../../../loader/tables/control.ts';
import type { ProbeReport } from '../../support/policy-swaps/probe.ts';
import { openSwappedNode } from '../../support/policy-swaps/swap-policy.ts';

const SWAPS = 10_000;
/** `make swaps` takes the time that all of them need. */
const LIMIT_MS = process.env['ALL_SWAPS'] === '1' ? Number.POSITIVE_INFINITY : 25_000;

function describe({ packets, inBetween, talks }: ProbeReport): string {
  const words = Object.entries(talks).map(
    ([name, { allowed, denied }]) => `${name}: ${allowed} admitted, ${denied} denied`,
  );
  return [`${packets} packets, ${inBetween} of them met by a swap`, ...words].join('\n');
}

t.test('swaps of policy between two worlds', async t => {
  using swapped = await openSwappedNode();
  using prober = await startProber(swapped.ids);
  const start = Date.now();
  const swaps = await swapped.swap(SWAPS, LIMIT_MS);
  t.comment(`${swaps} swaps in ${(Date.now() - start) / 1_000} s`);
  const report = await prober.stop();
  t.comment(describe(report));
  t.strictSame(report.faults, [], 'every verdict is that of one whole world, by a rule of that world');
  for (const [name, { allowed, denied }] of Object.entries(report.talks)) {
    t.ok(allowed + denied > 0, `${name}: tried`);
    if (name.endsWith('never')) t.equal(allowed, 0, `${name}: neither world admits it, nothing came through`);
    if (name.endsWith('always')) t.equal(denied, 0, `${name}: both worlds admit it, nothing was lost`);
    if (name.endsWith('world 1')) t.ok(allowed > 0 && denied > 0, `${name}: seen admitted and denied`);
  }
  const { generation } = readControl(swapped.node.node.maps.hd_control);
  t.equal(generation, BigInt(swapped.ids.generation) + BigInt(swaps), 'each swap was one generation');
});
