// Pods and nodes reach each other at every address, opened from either end, however strict the nodes' rp_filter is.
import t from 'tap';
import { testLab } from '../../support/lab.ts';
import {
  fromEveryAddress,
  nodeWithAllAddresses,
  setRpFilter,
  toEveryAddress,
} from '../../support/node-reach.ts';
import { failuresOf, serveAll } from '../../support/reach.ts';

t.setTimeout(600_000);

for (const encapsulation of ['always', 'never'] as const) {
  t.test(`encapsulation ${encapsulation}`, async t => {
    const lab = await testLab(t, { podsPerNode: 1, encapsulation });
    const nodes = lab.nodes.map(nodeWithAllAddresses);
    await serveAll(t, [...lab.pods, ...nodes]);
    for (const rpFilter of [0, 1, 2] as const) {
      for (const { netns } of nodes) await setRpFilter(netns, rpFilter);
      await t.test(`rp_filter ${rpFilter}: a pod asks its own node and the other one`, async t => {
        t.strictSame(
          await failuresOf(lab.pods.flatMap(pod => nodes.flatMap(node => toEveryAddress(pod, node)))),
          [],
        );
      });
      await t.test(`rp_filter ${rpFilter}: a node asks pods of its own and of the other one`, async t => {
        t.strictSame(
          await failuresOf(nodes.flatMap(node => lab.pods.flatMap(pod => toEveryAddress(node, pod)))),
          [],
        );
      });
      await t.test(`rp_filter ${rpFilter}: a node asks pods from each of its addresses`, async t => {
        t.strictSame(
          await failuresOf(nodes.flatMap(node => lab.pods.flatMap(pod => fromEveryAddress(node, pod)))),
          [],
        );
      });
    }
  });
}
