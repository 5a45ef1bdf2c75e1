// Every pod reaches every other, on its own node and on others, and is seen under its own address: over IPv6.
import t from 'tap';
import { podsAndNodesReachEachOther, podsReachEachOther } from '../../support/pods-reach.ts';

t.setTimeout(600_000);

t.test('an IPv6 underlay', async t => {
  t.strictSame(await podsAndNodesReachEachOther(t, { underlayFamilies: 'ipv6' }), []);
});

t.test('an IPv6 underlay, routed', async t => {
  t.strictSame(await podsReachEachOther(t, { underlayFamilies: 'ipv6', underlay: 'routed' }), []);
});

t.test('outer headers of IPv6 by choice', async t => {
  t.strictSame(await podsReachEachOther(t, { config: { tunnel: { family: 'ipv6' } } }), []);
});
