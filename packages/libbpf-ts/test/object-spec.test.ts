import t from 'tap';
import { MapFlag, MapType } from '../src/index.ts';
import { objectSpec } from './support/objects.ts';

t.test('maps are read with their types, sizes and flags', t => {
  const { maps } = objectSpec('maps');
  t.same([...maps.keys()].sort(), [
    't_array',
    't_hash',
    't_lpm',
    't_lru',
    't_outer',
    't_percpu',
    't_percpu_hash',
  ]);
  t.match(maps.get('t_hash'), { type: MapType.HASH, keySize: 4, valueSize: 48, maxEntries: 4096 });
  t.match(maps.get('t_lpm'), { type: MapType.LPM_TRIE, keySize: 8, flags: MapFlag.NO_PREALLOC });
  t.equal(maps.get('t_lru')?.key?.name, 'addr');
  t.end();
});

t.test('a map of maps knows what its elements look like', t => {
  const outer = objectSpec('maps').maps.get('t_outer');
  t.match(outer, { type: MapType.HASH_OF_MAPS, valueSize: 4 });
  t.match(outer?.inner, { type: MapType.HASH, keySize: 4, valueSize: 4, maxEntries: 16 });
  t.end();
});

t.test('programs are read with their sections; newer ones with what to load them as', t => {
  const { programs } = objectSpec('hooks');
  t.same([...programs.keys()].sort(), [
    'account',
    'discard',
    'first',
    'notify',
    'reflect',
    'second',
    'third',
  ]);
  t.equal(programs.get('account')?.section, 'cgroup_skb/egress');
  t.equal(programs.get('first')?.kind, undefined, 'libbpf knows SEC("tc")');
  t.match(objectSpec('netfilter').programs.get('accept')?.kind, { type: 32, attachType: 45 });
  t.end();
});

t.test('variables are found at their true offsets, with their sentences', t => {
  const { variables } = objectSpec('maps');
  t.match(variables.get('answer'), {
    section: '.rodata.config',
    size: 4,
    readonly: true,
    doc: 'what it answers',
  });
  t.match(variables.get('scale'), { section: '.rodata', size: 8, readonly: true });
  t.match(variables.get('counter'), { section: '.data', readonly: false });
  t.match(variables.get('zeroed'), { section: '.bss', readonly: false });
  const config = [...variables.values()].filter(({ section }) => section === '.rodata.config');
  const offsets = config.map(({ offset }) => offset);
  t.equal(new Set(offsets).size, 3, 'no two at the same place');
  t.end();
});

t.test('the licence is read', t => {
  t.equal(objectSpec('maps').license, 'Dual BSD/GPL');
  t.end();
});
