import t from 'tap';
import { SparseMultiMap } from '../../../loader/collections/sparse-multi-map.ts';

t.test('values of a key are in the order in which they were added', t => {
  const map = new SparseMultiMap<string, object>();
  const [a, b, c] = [{ a: 1 }, { b: 1 }, { c: 1 }];
  t.strictSame(map.get('x'), []);
  map.add('x', a);
  t.strictSame(map.get('x'), [a]);
  map.add('x', b);
  map.add('x', c);
  t.strictSame(map.get('x'), [a, b, c]);
  map.delete('x', b);
  t.strictSame(map.get('x'), [a, c]);
  map.delete('x', b);
  t.strictSame(map.get('x'), [a, c], 'it was not there any more');
  map.delete('x', a);
  map.delete('x', c);
  t.strictSame([...map.keys()], []);
  t.end();
});

t.test('a value that is there twice goes once', t => {
  const map = new SparseMultiMap<string, object>();
  const value = {};
  map.add('x', value);
  map.add('x', value);
  map.delete('x', value);
  t.strictSame(map.get('x'), [value]);
  t.end();
});
