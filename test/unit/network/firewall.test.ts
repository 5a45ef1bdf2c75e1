// What is put into a foreign chain depends on its policy and family, and is compared without counters.
import { parseCidr } from 'ip';
import t from 'tap';
import { acceptRules, diffChain } from '../../../loader/network/firewall.ts';

const dropping = {
  family: 'ip',
  table: 'filter',
  name: 'FORWARD',
  type: 'filter',
  hook: 'forward',
  policy: 'drop',
};
const wish = { ownCidrs: ['10.1.0.0/24', 'fd00:1::/64'].map(parseCidr) };
const asRead = acceptRules(dropping, wish).map((rule, index) => ({
  ...rule,
  handle: 10 + index,
  expr: rule.expr.map(one => ('counter' in one ? { counter: { packets: 7, bytes: 700 } } : one)),
}));

t.test('rules that are there, whatever they have counted, are left alone', t => {
  t.same(diffChain(dropping, asRead, wish), []);
  t.end();
});

t.test('rules are inserted last first, so that they stand in order at the head', t => {
  const commands = diffChain(dropping, [], wish);
  t.equal(commands.length, 4);
  t.same(
    commands.map(command => (command['insert']?.['rule'] as { expr: unknown }).expr),
    acceptRules(dropping, wish)
      .map(rule => rule.expr)
      .toReversed(),
  );
  t.end();
});

t.test('rules in another order, or for other prefixes, are replaced as a whole', t => {
  for (const [rules, desired] of [
    [asRead.toReversed(), wish],
    [asRead, { ownCidrs: [parseCidr('10.9.0.0/24')] }],
  ] as const) {
    const commands = diffChain(dropping, rules, desired);
    t.equal(commands.filter(command => 'delete' in command).length, 4);
    t.equal(commands.filter(command => 'insert' in command).length, 4);
  }
  t.end();
});

t.test("others' rules are never deleted", t => {
  const foreign = {
    ...asRead[0],
    family: 'ip',
    table: 'filter',
    chain: 'FORWARD',
    expr: [],
    comment: 'docker',
  };
  t.same(diffChain({ ...dropping, policy: 'accept' }, [foreign], wish), []);
  t.end();
});

t.test('a chain that accepts needs none, and loses those it has', t => {
  const accepting = { ...dropping, policy: 'accept' };
  t.same(diffChain(accepting, [], wish), []);
  t.same(
    diffChain(accepting, asRead, wish).map(command => command['delete']?.['rule']),
    asRead.map(({ handle }) => ({ family: 'ip', table: 'filter', chain: 'FORWARD', handle })),
  );
  t.end();
});

for (const [family, prefixes] of [
  ['ip', 1],
  ['ip6', 1],
  ['inet', 2],
] as const) {
  t.test(`${family}: a rule each way for every prefix of the family, and two for the overlay device`, t => {
    t.equal(acceptRules({ ...dropping, family }, wish).length, 2 * prefixes + 2);
    t.end();
  });
}
