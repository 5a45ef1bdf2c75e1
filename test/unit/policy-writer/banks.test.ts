import t from 'tap';
import { byBank, Banks } from '../../../loader/policy-writer/banks.ts';

function versions(): Banks<string, number> {
  const made = new Banks<string, number>();
  made.setActive('a', 1);
  made.setActive('b', 2);
  return made;
}

t.test('what is staged is in the shadow bank alone, until it is active', t => {
  const table = versions();
  table.stage('a', 10);
  table.stage('c', 3);
  table.stage('b', undefined);
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.active(key)),
    [1, 2, undefined],
  );
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.shadow(key)),
    [10, undefined, 3],
  );
  table.commit(true);
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.active(key)),
    [10, undefined, 3],
  );
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.shadow(key)),
    [1, 2, undefined],
    'the one before',
  );
  t.strictSame(table.syncShadow(), ['a', 'c', 'b']);
  t.strictSame(
    ['a', 'b', 'c'].map(key => table.shadow(key)),
    [10, undefined, 3],
  );
  t.end();
});

t.test('what is as it is already is not staged, nor what is wanted back', t => {
  const table = versions();
  table.stage('a', 1);
  table.stage('nobody', undefined);
  table.stage('b', 5);
  table.stage('b', 2);
  t.strictSame(table.staged(), []);
  t.end();
});

t.test('without the old version both are the same at once', t => {
  const table = versions();
  table.stage('a', 10);
  table.commit(false);
  t.strictSame([table.active('a'), table.shadow('a')], [10, 10]);
  t.strictSame(table.syncShadow(), []);
  t.end();
});

t.test('of several changes the oldest version stays, for those who still ask for it', t => {
  const table = versions();
  table.stage('a', 10);
  table.commit(true);
  table.stage('a', 11);
  table.commit(true);
  t.strictSame([table.active('a'), table.shadow('a')], [11, 1]);
  t.end();
});

t.test('columns are by version', t => {
  t.strictSame(byBank(0, 'active', 'shadow'), ['active', 'shadow']);
  t.strictSame(byBank(1, 'active', 'shadow'), ['shadow', 'active']);
  t.end();
});

t.test('known is what either bank has, and what packets in flight still read', t => {
  const table = versions();
  table.stage('c', 3);
  table.stage('b', undefined);
  table.commit(true);
  table.stage('d', 4);
  t.strictSame([...table.known()].sort(), ['a', 'b', 'c', 'd']);
  table.commit(false);
  table.syncShadow();
  t.strictSame([...table.known()].sort(), ['a', 'c', 'd']);
  t.end();
});
