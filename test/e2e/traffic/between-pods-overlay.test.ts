// Every pod reaches every other, on its own node and on others, and is seen under its own address: through the overlay.
import t from 'tap';
import { podsAndNodesReachEachOther, podsReachEachOther } from '../../support/pods-reach.ts';

t.setTimeout(600_000);

t.test('three nodes on one subnet', async t => {
  t.strictSame(await podsReachEachOther(t, { nodes: 3 }), []);
});

t.test('a routed underlay', async t => {
  t.strictSame(await podsAndNodesReachEachOther(t, { underlay: 'routed' }), []);
});

t.test('XDP, generic', async t => {
  t.strictSame(await podsAndNodesReachEachOther(t, { xdp: 'generic' }), []);
});

t.test('XDP, native', async t => {
  t.strictSame(await podsReachEachOther(t, { xdp: 'native' }), []);
});

t.test('jumbo frames', async t => {
  t.strictSame(await podsReachEachOther(t, { mtu: 9000 }), []);
});
