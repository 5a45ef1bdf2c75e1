import t from 'tap';
import { BpfMap, compareMaps, loadObject } from '../src/index.ts';
import { experimentalFrame } from './support/frames.ts';
import { objectSpec } from './support/objects.ts';

const maps = objectSpec('maps');

t.test('variables keep what the source gave them', t => {
  using object = loadObject(maps);
  t.equal(object.program('answer_config').testRun({ data: experimentalFrame() }).returnValue, 7);
  t.end();
});

t.test('variables are set by name before load, in every data section', t => {
  const ownMac = { bytes: Uint8Array.of(0, 0, 0, 0, 0, 2) };
  const variables = { answer: 40, own_mac: ownMac, scale: 10n, counter: 100n };
  using object = loadObject(maps, { variables });
  const result = object.program('answer_config').testRun({ data: experimentalFrame(100) });
  t.equal(result.returnValue, 42, 'answer, and the last byte of own_mac');
  t.equal(object.map('t_array').get(0), 1000n, 'the length times scale');
  const data = object.map('.data').get(new Uint8Array(4));
  t.same(data, Uint8Array.of(101, 0, 0, 0, 0, 0, 0, 0));
  t.end();
});

t.test('a variable that is unknown or does not hold the value is refused', t => {
  t.throws(() => loadObject(maps, { variables: { anser: 1 } }), { code: 'EINVAL', subject: 'anser' });
  t.throws(() => loadObject(maps, { variables: { vxlan_port: 65536 } }), { code: 'EINVAL' });
  t.end();
});

t.test('a codec for a C type serves variables and maps alike', t => {
  const codecs = {
    mac: {
      size: 6,
      encode: (value: number, target: Uint8Array, offset: number) => target.fill(value, offset, offset + 6),
      decode: (source: Uint8Array, offset: number) => source[offset],
    },
  };
  using object = loadObject(maps, { codecs, variables: { answer: 0, own_mac: 5 } });
  t.equal(object.program('answer_config').testRun({ data: experimentalFrame() }).returnValue, 5);
  t.end();
});

t.test('objects share a map by name', t => {
  using first = loadObject(maps);
  using second = loadObject(maps, { maps: first.maps });
  t.equal(second.map('t_array').info.id, first.map('t_array').info.id);
  second.program('answer_config').testRun({ data: experimentalFrame(64) });
  t.equal(first.map('t_array').get(0), 192n);
  t.end();
});

t.test('a map that was created under another name is shared', t => {
  using first = loadObject(maps);
  const { type, keySize, valueSize, maxEntries, flags } = first.map('t_array').info;
  using other = BpfMap.create({ name: 't_former', type, keySize, valueSize, maxEntries, flags });
  using second = loadObject(maps, { maps: new Map([['t_array', other]]) });
  t.equal(second.map('t_array').info.id, other.info.id);
  second.program('answer_config').testRun({ data: experimentalFrame(64) });
  t.same(other.get(new Uint8Array(4)), Buffer.from([192, 0, 0, 0, 0, 0, 0, 0]));
  t.end();
});

t.test('a map whose bytes mean something else is not shared, although its sizes agree', t => {
  using object = loadObject(maps);
  const share = { maps: new Map([['t_hash', object.map('t_hash')]]) };
  t.throws(() => loadObject(objectSpec('changed'), share), {
    code: 'LAYOUT',
    subject: 't_hash',
    differences: [
      'value neighbour.delta: signed, not unsigned',
      'value neighbour.port: network byte order, not host byte order',
      'value neighbour.counts: 3 elements, not 2',
      'value neighbour.color: COLOR_RED is 1, not 2',
      'value neighbour.extra: at offset 32 is new',
    ],
  });
  t.end();
});

t.test('a map of another type and size is not shared, and every difference is told', t => {
  using other = BpfMap.create({ name: 'x', type: 9, keySize: 8, valueSize: 4, maxEntries: 1 });
  const declared = maps.maps.get('t_hash');
  t.ok(declared !== undefined);
  if (declared === undefined) throw new Error('not declared');
  t.same(compareMaps(other, declared), [
    'type: LRU_HASH, not HASH',
    'key size: 8, not 4',
    'value size: 4, not 48',
    'max entries: 1, not 4096',
  ]);
  t.end();
});

t.test('maps get other sizes than declared', t => {
  using object = loadObject(maps, { maxEntries: { t_hash: 12 } });
  t.equal(object.map('t_hash').info.maxEntries, 12);
  t.throws(() => loadObject(maps, { maps: new Map([['t_hash', object.map('t_hash')]]) }), { code: 'LAYOUT' });
  using again = loadObject(maps, {
    maxEntries: { t_hash: 12 },
    maps: new Map([['t_hash', object.map('t_hash')]]),
  });
  t.equal(again.map('t_hash').info.id, object.map('t_hash').info.id);
  t.end();
});

t.test('only the wanted programs are loaded', t => {
  using object = loadObject(objectSpec('hooks'), { programs: ['first'] });
  t.same([...object.programs.keys()], ['first']);
  t.throws(() => object.program('second'), { code: 'ENOENT', message: /the object has first/ });
  t.throws(() => object.map('t_none'), { code: 'ENOENT', message: /t_runs/ });
  t.end();
});

t.test('a section that libbpf does not know is loaded as told', t => {
  const spec = objectSpec('netfilter');
  t.throws(() => loadObject(spec), { code: 'EINVAL', message: /check ELF section name 'unheard_of'/ });
  using object = loadObject(spec, { types: { watch: { type: 32, attachType: 45 } } });
  t.equal(object.program('watch').info().type, 32);
  t.end();
});
