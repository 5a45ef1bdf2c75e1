import t from 'tap';
import { inColumns, Versions } from '../../../loader/policy-writer/versions.ts';

function versions(): Versions<string, number> {
  const made = new Versions<string, number>();
  made.put('a', 1);
  made.put('b', 2);
  return made;
}

t.test('what is staged is the other version alone, until it is in force', t => {
  const table = versions();
  table.want('a', 10);
  table.want('c', 3);
  table.want('b', undefined);
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.inForce(key)),
    [1, 2, undefined],
  );
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.other(key)),
    [10, undefined, 3],
  );
  table.advance(true);
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.inForce(key)),
    [10, undefined, 3],
  );
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.other(key)),
    [1, 2, undefined],
    'the one before',
  );
  t.strictSame(table.settle(), ['a', 'c', 'b']);
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.other(key)),
    [10, undefined, 3],
  );
  t.end();
});

t.test('what is as it is already is not staged, nor what is wanted back', t => {
  const table = versions();
  table.want('a', 1);
  table.want('nobody', undefined);
  table.want('b', 5);
  table.want('b', 2);
  t.strictSame(table.staged(), []);
  t.end();
});

t.test('without the old version both are the same at once', t => {
  const table = versions();
  table.want('a', 10);
  table.advance(false);
  t.strictSame([table.inForce('a'), table.other('a')], [10, 10]);
  t.strictSame(table.settle(), []);
  t.end();
});

t.test('of several changes the oldest version stays, for those who still ask for it', t => {
  const table = versions();
  table.want('a', 10);
  table.advance(true);
  table.want('a', 11);
  table.advance(true);
  t.strictSame([table.inForce('a'), table.other('a')], [11, 1]);
  t.end();
});

t.test('columns are by version', t => {
  t.strictSame(inColumns(0, 'in force', 'other'), ['in force', 'other']);
  t.strictSame(inColumns(1, 'in force', 'other'), ['other', 'in force']);
  t.end();
});
