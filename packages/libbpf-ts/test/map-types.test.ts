import t from 'tap';
import {
  BpfMap,
  loadObject,
  mapById,
  mapTypeName,
  MapType,
  perCpu,
  possibleCpus,
  u32Codec,
  u64Codec,
} from '../src/index.ts';
import { objectSpec } from './support/objects.ts';

const object = loadObject(objectSpec('maps'), { name: 'maps' });
t.teardown(() => object[Symbol.dispose]());

t.test('LPM: the longest prefix wins', t => {
  const map = object.map('t_lpm');
  map.set({ prefixBits: 8, address: 0x0a000000 }, 8);
  map.set({ prefixBits: 16, address: 0x0a010000 }, 16);
  t.equal(map.get({ prefixBits: 32, address: 0x0a010203 }), 16);
  t.equal(map.get({ prefixBits: 32, address: 0x0a020304 }), 8);
  t.equal(map.get({ prefixBits: 32, address: 0x0b000000 }), undefined);
  t.equal(map.delete({ prefixBits: 16, address: 0x0a010000 }), true);
  t.equal(map.get({ prefixBits: 32, address: 0x0a010203 }), 8);
  t.same([...map.entries()], [[{ prefixBits: 8, address: 0x0a000000 }, 8]]);
  t.end();
});

t.test('LRU: a full map makes room for the new', t => {
  const map = object.map('t_lru');
  const key = (number: number): object => ({ words: [number, 0, 0, 0] });
  for (let number = 0; number < 500; number++) map.set(key(number), BigInt(number));
  t.equal(map.get(key(499)), 499n);
  t.ok([...map.keys()].length <= 64);
  t.end();
});

t.test('array: every element is there from the start, and none can be deleted', t => {
  const map = object.map('t_array');
  t.equal(map.get(7), 0n);
  t.equal(map.get(8), undefined);
  map.set(7, 9n);
  t.equal([...map.entries()].length, 8);
  t.throws(() => map.delete(7), { code: 'EINVAL' });
  t.end();
});

for (const name of ['t_percpu', 't_percpu_hash']) {
  t.test(`${name}: a value is an array with one element for each possible CPU`, t => {
    const map = object.map(name);
    const values = Array.from({ length: possibleCpus() }, (_, cpu) =>
      name === 't_percpu' ? cpu + 1 : BigInt(cpu + 1),
    );
    map.set(2, values);
    t.same(map.get(2), values);
    t.same(new Map(map.entries()).get(2), values);
    t.throws(() => map.set(2, values.slice(1)), { message: /possible CPUs/ });
    t.end();
  });
}

t.test('per-CPU maps take codecs that say so, and refuse others', t => {
  const map = object.map('t_percpu').withCodecs(u32Codec, perCpu(u32Codec));
  map.set(0, new Array<number>(possibleCpus()).fill(5));
  t.equal(
    map.get(0)?.reduce((sum, value) => sum + value),
    5 * possibleCpus(),
  );
  if (possibleCpus() > 1) {
    t.throws(() => object.map('t_percpu').withCodecs(u32Codec, u32Codec), { code: 'LAYOUT' });
  }
  t.end();
});

t.test('map of maps: written by the map, read as its id', t => {
  const outer = object.map('t_outer');
  const shape = { name: 'inner', type: MapType.HASH, keySize: 4, valueSize: 4, maxEntries: 16 };
  using inner = BpfMap.create(shape, { key: u32Codec, value: u32Codec });
  inner.set(1, 11);
  outer.set(3, inner);
  t.equal(outer.get(3), inner.info.id);
  using again = mapById(inner.info.id).withCodecs(u32Codec, u32Codec);
  t.equal(again.get(1), 11);
  t.throws(() => outer.set(4, inner.info.id), { message: /id cannot be stored/ });
  using other = BpfMap.create({ ...shape, keySize: 8 });
  t.throws(() => outer.set(4, other), { code: 'EINVAL' }, 'of another shape than declared');
  t.equal(outer.delete(3), true);
  t.end();
});

t.test('a map of maps can be made without an object', t => {
  const shape = { name: 'inner', type: MapType.ARRAY, keySize: 4, valueSize: 8, maxEntries: 2 };
  using inner = BpfMap.create(shape, { key: u32Codec, value: u64Codec });
  using outer = BpfMap.create({
    ...{ name: 'outer', type: MapType.ARRAY_OF_MAPS, keySize: 4, maxEntries: 2, inner },
  });
  t.equal(outer.info.valueSize, 4);
  t.end();
});

t.test('types have names', t => {
  t.equal(mapTypeName(MapType.LPM_TRIE), 'LPM_TRIE');
  t.equal(mapTypeName(999), '999');
  t.end();
});
