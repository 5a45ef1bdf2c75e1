// Every pod reaches every other, and every node at every address: over IPv4 alone.
import t from 'tap';
import { podsAndNodesReachEachOther } from '../../support/pods-reach.ts';

t.setTimeout(600_000);

t.test('an IPv4 underlay', async t => {
  t.strictSame(await podsAndNodesReachEachOther(t, { underlayFamilies: 'ipv4' }), []);
});
