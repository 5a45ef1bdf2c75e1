// Packets while policy is swapped: every verdict is the old or the new policy's, none a mixture, none lost that both admit.
import '../../support/bpf/own-netns.ts';
import { startProber } from '../../support/policy-swaps/prober.ts';
import t from 'tap';
import { readControl } from '../../../loader/maps/control.ts';
import { openSwappedNode } from '../../support/policy-swaps/swap-policy.ts';

const SWAPS = 10_000;

t.test(`${SWAPS} swaps of policy between two worlds`, async t => {
  using swapped = await openSwappedNode();
  using prober = await startProber(swapped.ids);
  const start = Date.now();
  await swapped.swap(SWAPS);
  const seconds = (Date.now() - start) / 1_000;
  const report = await prober.stop();
  t.comment(`${SWAPS} swaps in ${seconds} s, ${report.packets} packets, ${report.inBetween} met by a swap`);
  t.comment(JSON.stringify(report.talks));
  t.strictSame(report.faults, [], 'every verdict is that of one whole world, by a rule of that world');
  for (const [name, { allowed, denied }] of Object.entries(report.talks)) {
    t.ok(allowed + denied > 0, `${name}: tried`);
    if (name.endsWith('never'))
      t.equal(allowed, 0, `${name}: neither world admits it, and nothing came through`);
    if (name.endsWith('always')) t.equal(denied, 0, `${name}: both worlds admit it, and nothing was lost`);
    if (name.endsWith('world 1')) t.ok(allowed > 0 && denied > 0, `${name}: seen admitted and denied`);
  }
  const generation = readControl(swapped.node.node.maps.hd_control).generation;
  t.equal(generation, BigInt(swapped.ids.generation) + BigInt(SWAPS), 'each swap was one generation');
});
