import t from 'tap';
import { BpfMap, MapType, u32Codec, u64Codec, UpdateFlag } from '../src/index.ts';

const definition = { name: 'hash', type: MapType.HASH, keySize: 4, valueSize: 8, maxEntries: 4 };

function hash(): BpfMap<number, bigint> {
  return BpfMap.create(definition, { key: u32Codec, value: u64Codec });
}

t.test('a key that is not there is undefined to get, and false to delete', t => {
  using map = hash();
  t.equal(map.get(7), undefined);
  t.equal(map.has(7), false);
  t.equal(map.delete(7), false);
  t.end();
});

t.test('what is set is got, replaced, and gone once deleted', t => {
  using map = hash();
  map.set(7, 70n);
  t.equal(map.get(7), 70n);
  map.set(7, 71n);
  t.equal(map.get(7), 71n);
  t.equal(map.delete(7), true);
  t.equal(map.get(7), undefined);
  t.end();
});

t.test('update flags let the kernel refuse', t => {
  using map = hash();
  t.throws(() => map.set(7, 1n, UpdateFlag.EXIST), { code: 'ENOENT', operation: 'map update' });
  map.set(7, 1n, UpdateFlag.NOEXIST);
  t.throws(() => map.set(7, 2n, UpdateFlag.NOEXIST), { code: 'EEXIST', message: /map update hash: EEXIST/ });
  t.end();
});

t.test('a full map says so', t => {
  using map = hash();
  for (let key = 0; key < 4; key++) map.set(key, 0n);
  t.throws(() => map.set(4, 0n), { code: 'E2BIG' });
  t.end();
});

t.test('entries and keys give everything once', t => {
  using map = hash();
  t.same([...map.entries()], []);
  for (let key = 0; key < 3; key++) map.set(key, BigInt(key) * 10n);
  t.same(new Map(map.entries()), new Map([0, 1, 2].map(key => [key, BigInt(key) * 10n])));
  t.same([...map.keys()].sort(), [0, 1, 2]);
  t.end();
});

t.test('codecs of other sizes than the map are refused', t => {
  t.throws(() => BpfMap.create(definition, { key: u64Codec, value: u64Codec }), {
    code: 'LAYOUT',
    message: /the key codec has 8 bytes, the map's key 4/,
  });
  using map = BpfMap.create(definition);
  t.throws(() => map.withCodecs(u32Codec, u32Codec), { code: 'LAYOUT', differences: [/value codec/] });
  t.end();
});

t.test('the same map under other codecs shares the descriptor', t => {
  using bytes = BpfMap.create(definition);
  const typed = bytes.withCodecs(u32Codec, u64Codec);
  typed.set(1, 258n);
  t.same(bytes.get(Uint8Array.of(1, 0, 0, 0)), Uint8Array.of(2, 1, 0, 0, 0, 0, 0, 0));
  typed[Symbol.dispose]();
  t.throws(() => bytes.get(Uint8Array.of(1, 0, 0, 0)), { code: 'EBADF' });
  t.end();
});

t.test('a frozen map can no longer be written from here', t => {
  using map = hash();
  map.set(1, 1n);
  map.freeze();
  t.throws(() => map.set(1, 2n), { code: 'EPERM' });
  t.equal(map.get(1), 1n);
  t.end();
});
