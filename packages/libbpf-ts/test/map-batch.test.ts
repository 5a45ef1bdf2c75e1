import t from 'tap';
import { BpfMap, MapFlag, MapType, u32Codec, UpdateFlag } from '../src/index.ts';

const COUNT = 5000;

/** Types with batch calls of their own, with generic ones, and the LPM trie, whose keys are prefixes. */
const TYPES = [
  { name: 'hash', type: MapType.HASH },
  { name: 'lru', type: MapType.LRU_HASH },
  { name: 'lpm', type: MapType.LPM_TRIE, flags: MapFlag.NO_PREALLOC },
] as const;

/** For the trie: 32 bits of prefix, then the number. */
const prefixed = {
  size: 8,
  encode: (value: number, target: Uint8Array, offset: number): void => {
    u32Codec.encode(32, target, offset);
    u32Codec.encode(value, target, offset + 4);
  },
  decode: (source: Uint8Array, offset: number): number => u32Codec.decode(source, offset + 4),
};

function numbered(type: (typeof TYPES)[number], maxEntries = 2 * COUNT): BpfMap<number, number> {
  const definition = { ...type, keySize: 8, valueSize: 4, maxEntries };
  return BpfMap.create(definition, { key: prefixed, value: u32Codec });
}

const numbers = Array.from({ length: COUNT }, (_, index) => index);

for (const type of TYPES) {
  t.test(`${type.name}: thousands of entries are written, iterated and deleted`, t => {
    using map = numbered(type);
    map.setBatch(numbers.map(number => [number, number * 2] as const));
    const found = new Map(map.entries());
    t.equal(found.size, COUNT);
    t.ok(numbers.every(number => found.get(number) === number * 2));
    t.equal(map.deleteBatch(numbers.filter(number => number % 2 === 0)), COUNT / 2);
    t.equal([...map.keys()].length, COUNT / 2);
    t.end();
  });

  t.test(`${type.name}: keys that are not there are passed over when deleting`, t => {
    using map = numbered(type);
    map.setBatch([1, 2, 3, 4].map(number => [number, 0] as const));
    t.equal(map.deleteBatch([9, 1, 9, 2, 4, 9]), 3);
    t.same([...map.keys()], [3]);
    t.equal(map.deleteBatch([]), 0);
    t.end();
  });
}

t.test('many values are got in the order of the keys, undefined where there is none', t => {
  using map = numbered(TYPES[0]);
  map.setBatch([[1, 10] as const, [3, 30] as const]);
  t.same(map.getBatch([3, 2, 1]), [30, undefined, 10]);
  t.end();
});

t.test('a batch that does not fit names the reason and keeps what came before', t => {
  using map = numbered(TYPES[0], 3);
  const entries = [1, 2, 3, 4].map(number => [number, number] as const);
  t.throws(() => map.setBatch(entries), { code: 'E2BIG', operation: 'map update' });
  t.equal([...map.keys()].length, 3);
  t.end();
});

t.test('flags that the kernel has no batch for are kept, element by element', t => {
  using map = numbered(TYPES[0]);
  map.set(2, 0);
  const entries = [1, 2].map(number => [number, 5] as const);
  t.throws(() => map.setBatch(entries, UpdateFlag.NOEXIST), { code: 'EEXIST' });
  t.equal(map.get(1), 5);
  t.equal(map.get(2), 0);
  t.end();
});

t.test('iteration ends although elements vanish under it', t => {
  using map = numbered(TYPES[0]);
  map.setBatch(numbers.map(number => [number, 1] as const));
  let seen = 0;
  for (const [key] of map.entries()) {
    map.delete(key);
    seen++;
  }
  t.equal(seen, COUNT);
  t.same([...map.keys()], []);
  t.end();
});

t.test('a type without batch calls is served element by element', t => {
  const devices = { name: 'devices', type: MapType.DEVMAP_HASH, keySize: 4, valueSize: 4, maxEntries: 8 };
  using map = BpfMap.create(devices, { key: u32Codec, value: u32Codec });
  const loopback = 1;
  map.setBatch([5, 6, 7].map(key => [key, loopback] as const));
  t.same(new Map(map.entries()), new Map([5, 6, 7].map(key => [key, loopback])));
  t.equal(map.deleteBatch([5, 9, 6]), 2);
  t.same([...map.keys()], [7]);
  t.end();
});

t.test('a type without iteration says so', t => {
  using queue = BpfMap.create({
    name: 'queue',
    type: MapType.QUEUE,
    keySize: 0,
    valueSize: 4,
    maxEntries: 8,
  });
  t.throws(() => [...queue.entries()], { code: 'EINVAL', operation: 'map iterate' });
  t.end();
});
