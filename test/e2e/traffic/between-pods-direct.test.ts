// Every pod reaches every other, on its own node and on others, and is seen under its own address: by plain routing.
import t from 'tap';
import { podsAndNodesReachEachOther, podsReachEachOther } from '../../support/pods-reach.ts';

t.setTimeout(600_000);

t.test('one subnet', async t => {
  t.strictSame(await podsReachEachOther(t, { encapsulation: 'never' }), []);
});

t.test('a routed underlay that knows the pods', async t => {
  t.strictSame(await podsAndNodesReachEachOther(t, { encapsulation: 'never', underlay: 'routed' }), []);
});

t.test('cross-subnet: plain within a subnet, encapsulated beyond', async t => {
  t.strictSame(
    await podsAndNodesReachEachOther(t, { encapsulation: 'cross-subnet', underlay: 'paired', nodes: 3 }),
    [],
  );
});
