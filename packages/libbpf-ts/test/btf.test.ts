import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  btfDoc,
  btfOfKernel,
  btfResolve,
  btfTags,
  btfType,
  btfTypeNamed,
  loadObject,
  parseBtf,
} from '../src/index.ts';
import { objectSpec } from './support/objects.ts';

const { btf } = objectSpec('types');

t.test('types are found by kind and name', t => {
  t.match(btfTypeNamed(btf, 'struct', 'zoo'), { kind: 'struct', name: 'zoo' });
  t.equal(btfTypeNamed(btf, 'union', 'zoo'), undefined);
  t.match(btfTypeNamed(btf, 'enum', 'negative'), { signed: true });
  t.match(btfTypeNamed(btf, 'func', 'subprogram'), { kind: 'func' });
  t.end();
});

t.test('functions have their parameters', t => {
  const func = btfTypeNamed(btf, 'func', 'subprogram');
  const prototype = btfType(btf, func?.type ?? 0);
  t.match(prototype, { kind: 'funcProto', parameters: [{ name: 'number' }] });
  t.end();
});

t.test('typedefs and qualifiers are looked through', t => {
  const zoo = btfTypeNamed(btf, 'struct', 'zoo');
  const typeOf = (name: string): number => zoo?.members.find(member => member.name === name)?.type ?? 0;
  t.match(btfResolve(btf, typeOf('flag')), { kind: 'int', bool: true, size: 1 });
  t.match(btfResolve(btf, typeOf('qualified')), { kind: 'int', size: 4, signed: false });
  t.match(btfResolve(btf, typeOf('alias')), { kind: 'struct', size: 4 });
  t.end();
});

t.test('bit-fields are read with offset and width', t => {
  t.match(btfTypeNamed(btf, 'struct', 'bits')?.members, [
    { name: 'low', bitOffset: 0, bitSize: 3 },
    { name: 'high', bitOffset: 3, bitSize: 29 },
  ]);
  t.end();
});

t.test('declaration tags give sentences to variables and members', t => {
  const maps = objectSpec('maps').btf;
  const variable = btfTypeNamed(maps, 'var', 'answer');
  t.equal(btfDoc(maps, variable?.id ?? 0), 'what it answers');
  t.same(btfTags(maps, variable?.id ?? 0), ['doc:what it answers']);
  const struct = btfTypeNamed(maps, 'struct', 'neighbour');
  t.equal(btfDoc(maps, struct?.id ?? 0, 0), 'last seen');
  t.equal(btfDoc(maps, struct?.id ?? 0, 1), undefined);
  t.end();
});

t.test("the running kernel's own types are read, all of them", t => {
  const kernel = parseBtf(readFileSync('/sys/kernel/btf/vmlinux'));
  t.ok(kernel.types.length > 10_000);
  t.match(btfTypeNamed(kernel, 'struct', 'sk_buff'), { kind: 'struct' });
  t.ok(kernel.types.every((type, id) => type.id === id));
  t.end();
});

t.test('types that were loaded with an object come back from the kernel', t => {
  using object = loadObject(objectSpec('maps'));
  const loaded = btfOfKernel(object.map('t_hash').info.btfId);
  t.match(btfTypeNamed(loaded, 'struct', 'neighbour'), { size: 48 });
  t.throws(() => btfOfKernel(2 ** 31 - 1), { code: 'ENOENT', subject: 'BTF 2147483647' });
  t.end();
});

t.test('what is no BTF is refused', t => {
  t.throws(() => parseBtf(new Uint8Array(64)), { code: 'EINVAL', message: /no BTF/ });
  t.throws(() => parseBtf(new Uint8Array(2)), { code: 'EINVAL' });
  t.throws(() => btfType(btf, 1_000_000), { code: 'EINVAL', message: /no type 1000000/ });
  t.end();
});

t.test('typedefs that go in a circle are refused, not followed for ever', t => {
  const circle = {
    types: [
      { id: 0, kind: 'void', name: 'void' },
      { id: 1, kind: 'typedef', name: 'a', type: 2 },
      { id: 2, kind: 'typedef', name: 'b', type: 1 },
    ],
  } as const;
  t.throws(() => btfResolve(circle, 1), { code: 'EINVAL', message: /refers to itself/ });
  t.end();
});
