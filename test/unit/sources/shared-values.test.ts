import t from 'tap';
import { SharedValues } from '../../../loader/sources/objects/shared-values.ts';

t.test('of equal values the first is held', t => {
  const shared = new SharedValues();
  const first = { zones: ['a'], nodes: [] };
  t.equal(shared.of(first), first);
  t.equal(shared.of({ zones: ['a'], nodes: [] }), first);
  t.equal(shared.of('a'), 'a');
  t.end();
});

t.test('a text that looks like a value stays a text', t => {
  const shared = new SharedValues();
  shared.of(['a']);
  t.equal(shared.of('["a"]'), '["a"]');
  t.end();
});

t.test('it does not grow without end', t => {
  const shared = new SharedValues();
  const first = shared.of({ n: -1 });
  for (let n = 0; n < 20_000; n++) shared.of({ n });
  t.not(shared.of({ n: -1 }), first);
  t.end();
});
