// Generated modules: names and types as the loaded object's codecs have them. test/packages compiles and runs some.
import t from 'tap';
import { generateModule } from '../src/index.ts';
import { objectBytes, objectSpec, type TestObject } from './support/objects.ts';

function moduleOf(name: TestObject, types: readonly string[] = []): string {
  return generateModule(objectSpec(name), { name, file: `${name}.bpf.o`, types });
}

t.test('maps: keys and values as their codecs have them', t => {
  const text = moduleOf('maps');
  for (const line of [
    'readonly t_hash: { readonly key: number; readonly value: Neighbour };',
    'readonly t_lru: { readonly key: Addr; readonly value: bigint };',
    'readonly t_percpu_hash: { readonly key: number; readonly value: bigint[] };',
    'readonly t_outer: { readonly key: number; readonly value: MapReference | number };',
    "readonly programs: 'answer_config';",
    '/** what it answers */\n    readonly answer: number;',
    'export function loadMaps(options: LoadOptions<MapsTypes> = {}): LoadedObject<MapsTypes> {',
  ]) {
    t.ok(text.includes(line), line);
  }
  t.match(text, /export interface Neighbour \{\n {2}\/\*\* last seen \*\/\n {2}readonly seenNs: bigint;/);
  t.match(text, /export const Color = \{\n {2}RED: 1,\n {2}BLUE: 7,\n\} as const;/);
  t.end();
});

t.test('types of every kind, kept by pointers to them; one with bit-fields is left out', t => {
  const text = moduleOf('types');
  for (const line of [
    'readonly matrix: readonly (readonly number[])[];',
    'readonly list: readonly NamedByTypedef[];',
    'readonly wide: Wide;',
    '  LARGE: 1099511627776n,',
    '  ONE: -1,',
    'readonly high?: number;',
    'export const zooCodec: Codec<Zoo> =',
  ]) {
    t.ok(text.includes(line), line);
  }
  t.notMatch(text, /interface Bits/);
  t.throws(() => moduleOf('types', ['bits']), { code: 'EINVAL', message: /bit-fields/ });
  t.throws(() => moduleOf('types', ['none_such']), { code: 'ENOENT' });
  t.end();
});

t.test('a type that nothing mentions is there when it is asked for', t => {
  t.notMatch(moduleOf('maps'), /xdp_md/);
  t.match(moduleOf('hooks', ['__sk_buff']), /export interface SkBuff \{/);
  t.end();
});

t.test('the object itself is inside', t => {
  const text = moduleOf('hooks');
  const encoded = /Buffer\.from\(`([^`]*)`, 'base64'\)/.exec(text)?.[1] ?? '';
  t.ok(Buffer.from(encoded, 'base64').equals(objectBytes('hooks')));
  t.end();
});
