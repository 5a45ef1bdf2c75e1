// The difference between two tables.
import fc from 'fast-check';
import t from 'tap';
import { diffTable, type EncodedRows, type TableDiff } from '../../../loader/tables/table-diff.ts';

const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('1', '2')));

function apply(actual: EncodedRows, diff: TableDiff): Map<string, string> {
  const result = new Map(actual);
  for (const key of diff.delete) result.delete(key);
  for (const [key, value] of diff.set) result.set(key, value);
  return result;
}

t.test('rows that are right are not touched', t => {
  const table = new Map([
    ['a', '1'],
    ['b', '2'],
  ]);
  t.strictSame(diffTable(table, new Map(table)), { set: [], delete: [], kept: 2 });
  t.end();
});

t.test('missing and different rows are set, surplus ones deleted', t => {
  const desired = new Map([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ]);
  const actual = new Map([
    ['a', '1'],
    ['b', '9'],
    ['z', '1'],
  ]);
  t.strictSame(diffTable(desired, actual), {
    set: [
      ['b', '2'],
      ['c', '3'],
    ],
    delete: ['z'],
    kept: 1,
  });
  t.end();
});

t.test('applied to the actual table, the difference makes the desired one', t => {
  fc.assert(
    fc.property(rows, rows, (desired, actual) => {
      const want = new Map(desired);
      const result = apply(new Map(actual), diffTable(want, new Map(actual)));
      return result.size === want.size && [...want].every(([key, value]) => result.get(key) === value);
    }),
  );
  t.pass('for any two tables');
  t.end();
});
