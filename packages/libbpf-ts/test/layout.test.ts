import t from 'tap';
import { camelCase, layoutOf, type Layout, type MemberLayout } from '../src/index.ts';
import { objectSpec } from './support/objects.ts';

const { btf } = objectSpec('maps');

function member(layout: Layout, name: string): MemberLayout | undefined {
  return 'members' in layout ? layout.members.find(candidate => candidate.name === name) : undefined;
}

t.test('a struct has its members at their offsets, under camelCase names', t => {
  const layout = layoutOf(btf, 'neighbour');
  t.match(layout, { kind: 'struct', name: 'neighbour', size: 48 });
  t.match(member(layout, 'seenNs'), { cName: 'seen_ns', offset: 0, layout: { kind: 'int', size: 8 } });
  t.match(member(layout, 'delta'), { offset: 8, layout: { signed: true, size: 4 } });
  t.match(member(layout, 'mac'), { offset: 14, layout: { kind: 'struct', name: 'mac', size: 6 } });
  t.end();
});

t.test('the typedefs __be16 and __be32 mean network byte order', t => {
  t.match(member(layoutOf(btf, 'neighbour'), 'port')?.layout, { name: '__be16', size: 2, bigEndian: true });
  t.match(member(layoutOf(btf, 'route_key'), 'address')?.layout, { name: '__be32', bigEndian: true });
  t.match(member(layoutOf(btf, 'route_key'), 'prefixBits')?.layout, { name: '__u32', bigEndian: false });
  t.end();
});

t.test('arrays, enums and texts are known as such', t => {
  const layout = layoutOf(btf, 'neighbour');
  t.match(member(layout, 'counts')?.layout, { kind: 'array', length: 3, element: { size: 2 } });
  t.match(member(layout, 'color')?.layout, { kind: 'enum', name: 'color' });
  t.match(member(layout, 'label')?.layout, { kind: 'array', element: { char: true } });
  t.match(member(layout, 'mac')?.layout, { members: [{ layout: { element: { char: false, size: 1 } } }] });
  t.end();
});

t.test('padding is marked, and sentences come along', t => {
  const layout = layoutOf(btf, 'neighbour');
  t.equal(member(layout, 'pad')?.padding, true);
  t.equal(member(layout, 'port')?.padding, false);
  t.equal(member(layout, 'seenNs')?.doc, 'last seen');
  t.end();
});

t.test('an anonymous union keeps its place and its members', t => {
  const layout = layoutOf(btf, 'addr');
  t.match(layout, { kind: 'struct', size: 16, members: [{ name: '', layout: { kind: 'union', size: 16 } }] });
  t.end();
});

t.test('an unknown type is ENOENT, a wrong id EINVAL', t => {
  t.throws(() => layoutOf(btf, 'nothing_like_it'), { code: 'ENOENT', subject: 'nothing_like_it' });
  t.throws(() => layoutOf(btf, 1_000_000), { code: 'EINVAL' });
  t.end();
});

t.test('names cross to camelCase', t => {
  t.equal(camelCase('next_hop'), 'nextHop');
  t.equal(camelCase('seen_ns'), 'seenNs');
  t.equal(camelCase('__pad'), 'pad');
  t.equal(camelCase('ip6_2_addr'), 'ip62Addr');
  t.equal(camelCase('mac'), 'mac');
  t.end();
});

t.test('type information that contains itself is refused, not followed for ever', t => {
  const member = { name: 'again', type: 1, bitOffset: 0, bitSize: 0 };
  const types = [
    { id: 0, kind: 'void', name: 'void' },
    { id: 1, kind: 'struct', name: 'snake', size: 8, members: [member] },
    { id: 2, kind: 'typedef', name: 'a', type: 3 },
    { id: 3, kind: 'const', name: '', type: 2 },
    { id: 4, kind: 'array', name: '', element: 4, length: 1 },
  ] as const;
  for (const id of [1, 2, 3, 4]) {
    t.throws(() => layoutOf({ types }, id), { code: 'EINVAL', message: /a type contains itself/ });
  }
  t.end();
});

t.test("what is the kernel's own has no members, whatever headers call its bytes", t => {
  const types = btf.types.map(type => (type.name === 'neighbour' ? { ...type, name: 'bpf_timer' } : type));
  t.strictSame(layoutOf({ ...btf, types }, 'bpf_timer'), {
    ...{ kind: 'struct', name: 'bpf_timer', size: 48 },
    members: [],
  });
  t.end();
});
