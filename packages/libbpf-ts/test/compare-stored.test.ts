import t from 'tap';
import {
  compareKeyLayouts,
  compareStoredLayouts,
  layoutOf,
  type Layout,
  type MemberLayout,
  type StructLayout,
} from '../src/index.ts';
import { objectSpec } from './support/objects.ts';

const { btf } = objectSpec('maps');
const word = layoutOf(btf, '__u32');

function member(cName: string, offset: number, layout: Layout = word): MemberLayout {
  return { name: cName, cName, offset, layout, padding: cName.startsWith('reserved') };
}

/** Sixteen bytes. */
function row(...members: MemberLayout[]): StructLayout {
  return { kind: 'struct', name: 'row', size: 16, members };
}

function bytes(length: number): Layout {
  return { kind: 'array', name: '', size: length, length, element: { ...word, size: 1 } as Layout };
}

const before = row(member('seen', 0), member('flags', 4), member('reserved', 8, bytes(8)));
const grown = row(member('seen', 0), member('flags', 4), member('slot', 8), member('reserved', 12, bytes(4)));

t.test('a member that grows into reserved bytes is shared, there and back', t => {
  t.same(compareStoredLayouts(before, grown), []);
  t.same(compareStoredLayouts(grown, before), []);
  t.end();
});

t.test('another name changes no byte', t => {
  const renamed = row(member('seen_ns', 0), member('state', 4), member('reserved', 8, bytes(8)));
  t.same(compareStoredLayouts(before, renamed), []);
  t.same(compareKeyLayouts(before, renamed), [], 'of a key neither');
  t.end();
});

t.test('a key does not grow: look-ups compare its padding, too', t => {
  t.same(compareKeyLayouts(before, grown), ['row.slot: at offset 8 is new']);
  t.same(compareKeyLayouts(grown, before), ['row.slot: at offset 8 is gone']);
  t.end();
});

t.test('what moves, overlaps, or is of another type or size does', t => {
  const swapped = row(
    member('seen', 0),
    member('flags', 4, layoutOf(btf, '__u64')),
    member('reserved', 12, bytes(4)),
  );
  t.match(compareStoredLayouts(before, swapped), [/^row\.flags: 4 bytes, not 8/]);
  const between = row(member('seen', 0), member('flags', 4), member('slot', 6));
  t.same(compareStoredLayouts(before, between), ['row.slot: at offset 6 is new']);
  t.same(compareStoredLayouts(between, before), ['row.slot: at offset 6 is gone']);
  t.same(compareStoredLayouts(before, { ...before, size: 24 }), ['row: 16 bytes, not 24']);
  t.end();
});

t.test('structs inside are compared alike, everything else as strictly as ever', t => {
  const outer = (inner: Layout): StructLayout => ({
    kind: 'struct',
    name: 'outer',
    size: 16,
    members: [member('row', 0, inner)],
  });
  t.same(compareStoredLayouts(outer(before), outer(grown)), []);
  const signed = { ...word, signed: true } as Layout;
  t.same(compareStoredLayouts(outer(before), outer(row(member('seen', 0, signed), member('flags', 4)))), [
    'outer.row.seen: unsigned, not signed',
  ]);
  t.end();
});
