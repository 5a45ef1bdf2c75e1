import t from 'tap';
import { compareLayouts, layoutOf } from '../src/index.ts';
import { objectSpec } from './support/objects.ts';

const before = layoutOf(objectSpec('maps').btf, 'neighbour');
const after = layoutOf(objectSpec('changed').btf, 'neighbour');

t.test('a layout does not differ from itself', t => {
  t.same(compareLayouts(before, before), []);
  t.end();
});

t.test('equal sizes hide nothing: every field that changed is named', t => {
  t.equal(before.size, after.size);
  t.same(compareLayouts(before, after), [
    'neighbour.delta: signed, not unsigned',
    'neighbour.port: network byte order, not host byte order',
    'neighbour.counts: 3 elements, not 2',
    'neighbour.color: COLOR_RED is 1, not 2',
    'neighbour.extra: at offset 32 is new',
  ]);
  t.end();
});

t.test('a new enumerator is no difference, one that is gone is', t => {
  const back = compareLayouts(after, before);
  t.ok(back.includes('neighbour.color: COLOR_GREEN is gone'));
  t.notOk(compareLayouts(before, after).some(difference => difference.includes('COLOR_GREEN')));
  t.ok(back.includes('neighbour.extra: at offset 32 is gone'));
  t.end();
});

t.test('types of different kinds are told apart', t => {
  const { btf } = objectSpec('maps');
  t.match(compareLayouts(layoutOf(btf, 'mac'), layoutOf(btf, '__u32')), ['mac: struct mac, not int __u32']);
  t.match(compareLayouts(layoutOf(btf, 'mac'), layoutOf(btf, 'addr')), [/6 bytes, not 16/, /.*/, /.*/]);
  t.end();
});
