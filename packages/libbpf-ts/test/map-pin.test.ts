import { existsSync } from 'node:fs';
import t from 'tap';
import { BpfMap, loadObject, mapById, mapIds, u32Codec, unpin } from '../src/index.ts';
import { pinDirectory } from './support/bpffs.ts';
import { objectSpec } from './support/objects.ts';

t.test('a pinned map outlives its object and is found again by its path', t => {
  const path = `${pinDirectory(t)}/array`;
  {
    using object = loadObject(objectSpec('maps'));
    object.map('t_array').set(1, 77n);
    object.map('t_array').pin(path);
    t.throws(() => object.map('t_array').pin(path), { code: 'EEXIST', operation: 'pin', subject: path });
  }
  using map = BpfMap.openPinned(path);
  t.same(map.get(Uint8Array.of(1, 0, 0, 0)), Uint8Array.of(77, 0, 0, 0, 0, 0, 0, 0));
  t.equal(unpin(path), true);
  t.equal(unpin(path), false);
  t.equal(existsSync(path), false);
  t.end();
});

t.test('opening a pin with codecs of another size is LAYOUT', t => {
  const path = `${pinDirectory(t)}/array`;
  using object = loadObject(objectSpec('maps'));
  object.map('t_array').pin(path);
  t.throws(() => BpfMap.openPinned(path, { key: u32Codec, value: u32Codec }), { code: 'LAYOUT' });
  t.end();
});

t.test('a map tells what it is, and the kernel knows it by its id', t => {
  using object = loadObject(objectSpec('maps'));
  const { info } = object.map('t_hash');
  t.match(info, { name: 't_hash', type: 1, keySize: 4, valueSize: 48, maxEntries: 4096, flags: 0 });
  t.ok(mapIds().includes(info.id));
  using same = mapById(info.id);
  t.equal(same.info.id, info.id);
  t.end();
});

t.test('an id that is gone is ENOENT', t => {
  t.throws(() => mapById(2 ** 31 - 1), { code: 'ENOENT' });
  t.end();
});

t.test('the kernel keeps the layout of key and value with the map', t => {
  using object = loadObject(objectSpec('maps'));
  const layouts = object.map('t_lpm').layouts();
  t.match(layouts?.key, { name: 'route_key', size: 8 });
  t.match(layouts?.value, { kind: 'int', size: 4 });
  using plain = BpfMap.create({ name: 'plain', type: 1, keySize: 4, valueSize: 4, maxEntries: 1 });
  t.equal(plain.layouts(), undefined, 'a map made without BTF has none');
  t.end();
});
