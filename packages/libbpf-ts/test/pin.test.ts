import { mkdirSync, renameSync } from 'node:fs';
import t from 'tap';
import { BpfMap, Link, loadObject, Program, unpin } from '../src/index.ts';
import { pinDirectory } from './support/bpffs.ts';
import { objectSpec } from './support/objects.ts';

const object = loadObject(objectSpec('hooks'), { name: 'hooks' });
t.teardown(() => object[Symbol.dispose]());

t.test('a pin of one kind is not opened as another', t => {
  const directory = pinDirectory(t);
  object.map('t_runs').pin(`${directory}/map`);
  object.program('first').pin(`${directory}/program`);
  t.throws(() => Program.openPinned(`${directory}/map`), { code: 'EINVAL', message: /no program but .*map/ });
  t.throws(() => BpfMap.openPinned(`${directory}/program`), { code: 'EINVAL', message: /no map but .*prog/ });
  t.throws(() => Link.openPinned(`${directory}/map`), { code: 'EINVAL', message: /no link/ });
  t.end();
});

t.test('pins live in a BPF filesystem and nowhere else', t => {
  const elsewhere = t.testdir({});
  t.throws(() => object.map('t_runs').pin(`${elsewhere}/map`), { code: 'EPERM', operation: 'pin' });
  t.throws(() => object.map('t_runs').pin(`${pinDirectory(t)}/no/such/folder`), { code: 'ENOENT' });
  t.end();
});

t.test('a pin can be renamed over another: the old map goes, the new one is found', t => {
  const directory = pinDirectory(t);
  const shape = { name: 'x', type: 1, keySize: 4, valueSize: 4, maxEntries: 1 };
  using before = BpfMap.create(shape);
  using after = BpfMap.create(shape);
  before.pin(`${directory}/map`);
  after.pin(`${directory}/map_next`);
  renameSync(`${directory}/map_next`, `${directory}/map`);
  using found = BpfMap.openPinned(`${directory}/map`);
  t.equal(found.info.id, after.info.id);
  t.end();
});

t.test('a dot in a name is refused by the filesystem', t => {
  const directory = pinDirectory(t);
  t.throws(() => object.map('t_runs').pin(`${directory}/map.next`), { code: 'EPERM' });
  t.end();
});

t.test('what cannot be removed says why', t => {
  const directory = pinDirectory(t);
  mkdirSync(`${directory}/folder`);
  t.throws(() => unpin(`${directory}/folder`), { code: /EPERM|EISDIR/, operation: 'unpin' });
  t.equal(unpin(`${directory}/none`), false);
  t.end();
});
