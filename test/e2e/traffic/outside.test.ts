// Pods reach hosts outside under their node's address; who does not know the pods cannot reach them.
import t from 'tap';
import { addressOf, podNamed, testLab } from '../../support/lab.ts';
import { failuresOf, PROTOCOLS, serveAll } from '../../support/reach.ts';

/** Of questions that nobody answers. */
const REFUSED_MS = 1_500;

const lab = await testLab(t, { podsPerNode: 1 });
const pod = podNamed(lab, 'n1-p1');
const outside = { ...lab.outside, name: 'outside' };
const [node] = lab.nodes;
if (node === undefined) throw new Error('the lab has nodes');
await serveAll(t, [outside, pod]);

t.test('a pod is seen outside under the address of its node', async t => {
  const attempts = (['ipv4', 'ipv6'] as const).flatMap(family =>
    PROTOCOLS.map(protocol => ({
      ...{ from: pod, to: addressOf(outside, family), protocol },
      seenAs: addressOf(node, family),
    })),
  );
  t.strictSame(await failuresOf(attempts), []);
});

t.test('nobody outside reaches a pod that it does not know', async t => {
  const attempts = pod.addresses.map(to => ({ from: outside, to, protocol: 'tcp' as const }));
  t.strictSame(
    await failuresOf(attempts, REFUSED_MS),
    pod.addresses.map(to => `outside → ${to} tcp: no answer`).sort(),
  );
});

t.test('a node is seen outside under its own address', async t => {
  const attempts = (['ipv4', 'ipv6'] as const).map(family => ({
    ...{ from: node, to: addressOf(outside, family), protocol: 'tcp' as const },
    seenAs: addressOf(node, family),
  }));
  t.strictSame(await failuresOf(attempts), []);
});
