import t from 'tap';
import { initialSections, readObject } from '../src/index.ts';
import { objectBytes, objectSpec } from './support/objects.ts';

const spec = objectSpec('maps');

t.test('nothing set, nothing changed', t => {
  t.equal(initialSections(spec, {}, {}).size, 0);
  t.end();
});

t.test('a variable is written at its place, and its neighbours keep what the source gave them', t => {
  const section = initialSections(spec, { vxlan_port: 8472 }, {}).get('.rodata.config');
  const original = spec.sections.find(({ name }) => name === '.rodata.config')?.bytes;
  t.ok(section !== undefined && original !== undefined);
  const changed = [...(section ?? [])].flatMap((byte, at) => (byte === original?.[at] ? [] : [at]));
  const offset = spec.variables.get('vxlan_port')?.offset ?? -1;
  t.same(changed, [offset, offset + 1]);
  t.end();
});

t.test('variables of one section are written together, those of others apart', t => {
  const sections = initialSections(spec, { answer: 1, vxlan_port: 2, scale: 3n, zeroed: 4n }, {});
  t.same([...sections.keys()].sort(), ['.bss', '.rodata', '.rodata.config']);
  t.same(sections.get('.bss'), Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0));
  t.end();
});

t.test('the object itself is not touched', t => {
  const bytes = Uint8Array.from(objectBytes('maps'));
  initialSections(readObject(bytes), { answer: 99, counter: 99n }, {});
  t.same(bytes, Uint8Array.from(objectBytes('maps')));
  t.end();
});
