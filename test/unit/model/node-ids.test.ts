import fc from 'fast-check';
import { addrFromBytes, parseAddr } from 'ip';
import t from 'tap';
import { assignNodeIds, noNodeIds } from '../../../loader/model/node-ids.ts';
import { node } from './cluster.ts';

const at = (name: string, ...internal: string[]) => node(name, { internal });
const inForce = (entries: Readonly<Record<string, number>>) =>
  new Map(Object.entries(entries).map(([text, id]) => [parseAddr(text), id]));

t.test('numbers begin at 1, in the order of names', t => {
  const ids = assignNodeIds([at('c'), at('a'), at('b')], noNodeIds);
  t.strictSame([...ids].sort(), [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  t.end();
});

t.test('a node keeps its number while others come and go', t => {
  const first = assignNodeIds([at('b'), at('c')], noNodeIds);
  const second = assignNodeIds([at('a'), at('c')], { byName: first, byAddress: new Map() });
  t.equal(second.get('c'), first.get('c'));
  t.notOk([...first.values()].includes(second.get('a') ?? 0), 'the number of b rests for one turn');
  t.end();
});

t.test('after a restart a node is known by any of its addresses', t => {
  const byAddress = inForce({ '192.0.2.1': 7, '2001:db8::2': 9 });
  const nodes = [
    at('a', '192.0.2.1', '2001:db8::1'),
    at('b', '192.0.2.2', '2001:db8::2'),
    at('c', '192.0.2.3'),
  ];
  const ids = assignNodeIds(nodes, { byName: new Map(), byAddress });
  t.strictSame(Object.fromEntries(ids), { a: 7, b: 9, c: 1 });
  t.end();
});

t.test('two nodes that were one in the map become two', t => {
  const byAddress = inForce({ '192.0.2.1': 7, '192.0.2.2': 7 });
  const ids = assignNodeIds([at('a', '192.0.2.1'), at('b', '192.0.2.2')], { byName: new Map(), byAddress });
  t.equal(ids.get('a'), 7);
  t.equal(ids.get('b'), 1);
  t.end();
});

t.test('an address that has moved to another node does not take the number along', t => {
  const known = { byName: new Map([['a', 7]]), byAddress: inForce({ '192.0.2.1': 7 }) };
  const ids = assignNodeIds([at('a', '192.0.2.9'), at('b', '192.0.2.1')], known);
  t.equal(ids.get('a'), 7);
  t.not(ids.get('b'), 7);
  t.end();
});

t.test('no number means two nodes, and none that is in the map comes to mean another', t => {
  const addr = fc.nat(7).map(n => addrFromBytes(Uint8Array.from([0xfd, ...Array<number>(14).fill(0), n])));
  const world = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), internal: fc.array(addr) }),
    {
      selector: each => each.name,
    },
  );
  fc.assert(
    fc.property(
      world,
      world,
      fc.array(fc.tuple(addr, fc.integer({ min: 1, max: 9 }))),
      (before, after, entries) => {
        const byAddress = new Map(entries);
        const byName = assignNodeIds(
          before.map(each => node(each.name, each)),
          noNodeIds,
        );
        const ids = assignNodeIds(
          after.map(each => node(each.name, each)),
          { byName, byAddress },
        );
        const isUnique = new Set(ids.values()).size === ids.size;
        const isKept = [...ids].every(([name, id]) => (byName.get(name) ?? id) === id);
        const isOwn = after.every(({ name, internal }) => {
          const id = ids.get(name);
          return (
            byName.has(name) ||
            ![...byAddress].some(([a, known]) => known === id && !internal.includes(a)) ||
            internal.some(a => byAddress.get(a) === id)
          );
        });
        return isUnique && isKept && isOwn && [...ids.values()].every(id => id > 0);
      },
    ),
    { numRuns: 500 },
  );
  t.pass();
  t.end();
});
