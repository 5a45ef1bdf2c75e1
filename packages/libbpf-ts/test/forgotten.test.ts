import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { BpfMap, loadObject, MapType } from '../src/index.ts';
import { openDescriptors } from './support/descriptors.ts';
import { objectSpec } from './support/objects.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function forget(): void {
  for (let index = 0; index < 20; index++) {
    BpfMap.create({ name: 'forgotten', type: MapType.HASH, keySize: 4, valueSize: 4, maxEntries: 1 });
  }
  loadObject(objectSpec('hooks'));
}

t.test('what nobody disposes is closed when nobody can reach it any more', async t => {
  const before = openDescriptors().length;
  forget();
  t.ok(openDescriptors().length >= before + 20);
  for (let round = 0; round < 50 && openDescriptors().length > before; round++) {
    collectGarbage();
    await new Promise(resolve => setImmediate(resolve));
  }
  t.equal(openDescriptors().length, before);
});
