// Changes: whatever the two snapshots are, taking every change leads from the one to the other.
import fc from 'fast-check';
import t from 'tap';
import { changes } from '../../../loader/api/changes.ts';

interface Thing {
  readonly value: number;
}

const snapshots = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.record({ value: fc.nat(2) }))
  .map(object => new Map<string, Thing>(Object.entries(object)));

t.test('all changes taken, known is the snapshot', t => {
  fc.assert(
    fc.property(snapshots, snapshots, (before, after) => {
      const known = new Map(before);
      const replayed = new Map(before);
      const keys = new Map([...before, ...after].map(([key, view]) => [view, key]));
      for (const { kind, view } of changes(known, after)) {
        const key = keys.get(view) ?? '';
        if (kind === 'deleted') replayed.delete(key);
        else replayed.set(key, view);
      }
      t.strictSame(replayed, new Map([...after]));
      t.strictSame(known, replayed);
      t.strictSame([...changes(known, after)], []);
    }),
    { numRuns: 200 },
  );
  t.end();
});

t.test('a reader that stops half-way goes on from another snapshot', t => {
  const known = new Map<string, Thing>();
  const first = changes(
    known,
    new Map([
      ['a', { value: 1 }],
      ['b', { value: 1 }],
    ]),
  );
  t.strictSame(first.next().value, { kind: 'added', view: { value: 1 } });
  t.strictSame(
    [...changes(known, new Map([['c', { value: 3 }]]))],
    [
      { kind: 'deleted', view: { value: 1 } },
      { kind: 'added', view: { value: 3 } },
    ],
  );
  t.end();
});

t.test('an equal object is no change, and a changed one is modified', t => {
  const known = new Map([['a', { value: 1 }]]);
  t.strictSame([...changes(known, new Map([['a', { value: 1 }]]))], []);
  t.strictSame(
    [...changes(known, new Map([['a', { value: 2 }]]))],
    [{ kind: 'modified', view: { value: 2 } }],
  );
  t.end();
});
