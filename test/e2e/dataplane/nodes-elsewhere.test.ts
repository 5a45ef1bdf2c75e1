// Pods and nodes reach each other at every address also across routers, and over an underlay of one family.
import t from 'tap';
import { testLab, type TestLabOptions } from '../../support/lab.ts';
import {
  fromEveryAddress,
  nodeWithAllAddresses,
  setRpFilter,
  toEveryAddress,
} from '../../support/node-reach.ts';
import { failuresOf, serveAll } from '../../support/reach.ts';

t.setTimeout(600_000);

const clusters: readonly (readonly [title: string, options: TestLabOptions])[] = [
  ['a routed underlay', { underlay: 'routed' }],
  ['an IPv6 underlay', { underlayFamilies: 'ipv6' }],
  ['an IPv4 underlay', { underlayFamilies: 'ipv4' }],
  ['cross-subnet', { encapsulation: 'cross-subnet', underlay: 'paired', nodes: 3 }],
  ['plain routing over a routed underlay', { encapsulation: 'never', underlay: 'routed' }],
  ['XDP on the uplink', { xdp: 'generic' }],
];

for (const [title, options] of clusters) {
  t.test(title, async t => {
    const lab = await testLab(t, { podsPerNode: 1, ...options });
    const nodes = lab.nodes.map(nodeWithAllAddresses);
    await serveAll(t, [...lab.pods, ...nodes]);
    for (const { netns } of nodes) await setRpFilter(netns, 1);
    const pairs = lab.pods.flatMap(pod => nodes.map(node => [pod, node] as const));
    t.strictSame(
      await failuresOf(pairs.flatMap(([pod, node]) => toEveryAddress(pod, node))),
      [],
      'pods ask nodes',
    );
    t.strictSame(
      await failuresOf(pairs.flatMap(([pod, node]) => fromEveryAddress(node, pod))),
      [],
      'nodes ask pods',
    );
  });
}
