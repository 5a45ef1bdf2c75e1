// Drops by tier and namespace, from counters by rule that come, go and begin anew.
import t from 'tap';
import {
  PolicyDropCounts,
  type PolicyScope,
  type RuleDrops,
} from '../../../loader/metrics/policy-drop-counts.ts';

const SHOP: PolicyScope = { tier: 'NetworkPolicy', namespace: 'shop' };
const ADMIN: PolicyScope = { tier: 'Admin', namespace: '' };

/** Counts that have had their first call, without rows. */
function started(): PolicyDropCounts {
  const counts = new PolicyDropCounts();
  counts.take([]);
  return counts;
}

function row(rule: number, packets: number, scope?: PolicyScope): RuleDrops {
  return { rule, packets, scope, isGone: scope === undefined };
}

t.test('what was there at the first call is not counted, what comes after it is', t => {
  const counts = new PolicyDropCounts();
  t.strictSame(counts.take([row(1, 40, SHOP)]).drops, [{ scope: SHOP, packets: 0 }]);
  t.strictSame(counts.take([row(1, 42, SHOP), row(2, 3, ADMIN)]).drops, [
    { scope: SHOP, packets: 2 },
    { scope: ADMIN, packets: 3 },
  ]);
  t.end();
});

t.test('a rule that is gone is counted once more, under the policy that it had', t => {
  const counts = started();
  counts.take([row(1, 5, SHOP)]);
  t.strictSame(counts.take([row(1, 9)]).drops, [{ scope: SHOP, packets: 4 }]);
  t.strictSame(counts.take([]).drops, []);
  t.strictSame(counts.take([row(1, 2)]).drops, [], 'a rule of which nothing is known any more has no scope');
  t.end();
});

t.test('a row is deleted once its rule is gone and it has been counted to its end', t => {
  const counts = started();
  counts.take([row(1, 5, SHOP)]);
  t.strictSame(counts.take([row(1, 9)]).finished, [], 'packets came while the rule went');
  t.strictSame(counts.take([row(1, 10)]), { drops: [{ scope: SHOP, packets: 1 }], finished: [] });
  t.strictSame(counts.take([row(1, 10), row(2, 4, ADMIN)]).finished, [1]);
  t.strictSame(counts.take([row(2, 4, ADMIN)]).finished, [], 'nothing has come, and its rule is there');
  t.end();
});

t.test('a row of the same number that comes after the deletion begins at 0', t => {
  const counts = started();
  counts.take([row(1, 3, SHOP)]);
  counts.take([row(1, 3)]);
  t.strictSame(counts.take([row(1, 8, SHOP)]).drops, [{ scope: SHOP, packets: 8 }]);
  t.end();
});

t.test('what was there before the daemon is deleted, too, and at its second reading', t => {
  const counts = new PolicyDropCounts();
  t.strictSame(counts.take([row(1, 7)]), { drops: [], finished: [] });
  t.strictSame(counts.take([row(1, 7)]), { drops: [], finished: [1] });
  t.end();
});

t.test('a counter that fell has begun anew', t => {
  const counts = started();
  counts.take([row(1, 50, SHOP)]);
  t.strictSame(counts.take([row(1, 7, SHOP)]).drops, [{ scope: SHOP, packets: 7 }]);
  t.end();
});

t.test('namespaces beyond the bound are one, and those within it stay', t => {
  const counts = started();
  const scopes = Array.from({ length: 300 }, (_, i) => ({ tier: 'NetworkPolicy', namespace: `ns${i}` }));
  const { drops } = counts.take(scopes.map((scope, i) => row(i + 1, 1, scope)));
  const namespaces = drops.map(({ scope }) => scope.namespace);
  t.strictSame([...new Set(namespaces)].length, 201);
  t.equal(namespaces.filter(namespace => namespace === '*').length, 100);
  t.strictSame(counts.bounded({ tier: 'NetworkPolicy', namespace: 'ns0' }).namespace, 'ns0');
  t.end();
});
