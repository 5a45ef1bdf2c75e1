// Every pod reaches every other, on its own node and on others, and is seen under its own address: clusters of one family.
import t from 'tap';
import { podsReachEachOther } from '../../support/pods-reach.ts';

t.setTimeout(600_000);

t.test('IPv4 alone', async t => {
  t.strictSame(await podsReachEachOther(t, { families: 'ipv4', underlayFamilies: 'ipv4' }), []);
});

t.test('IPv6 alone', async t => {
  t.strictSame(await podsReachEachOther(t, { families: 'ipv6', underlayFamilies: 'ipv6' }), []);
});

t.test('IPv6 pods over an IPv4 underlay', async t => {
  t.strictSame(await podsReachEachOther(t, { families: 'ipv6', underlayFamilies: 'ipv4' }), []);
});

t.test('IPv4 pods over an IPv6 underlay', async t => {
  t.strictSame(await podsReachEachOther(t, { families: 'ipv4', underlayFamilies: 'ipv6' }), []);
});
