import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { podKey } from '../../../loader/model/objects.ts';
import { podText, put, temporaryDirectory, watched } from './directory.ts';

const FILES = 3_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const key = (name: string) => podKey({ namespace: 'default', name });

t.test('thousands of files are read, and one change among them does not read the others again', async t => {
  const directory = temporaryDirectory(t);
  for (let i = 0; i < FILES; i++) writeFileSync(join(directory, `p${i}.yaml`), podText(`p${i}`));
  const { state, until } = await watched(t, { directory, nodeName: 'a' });
  t.equal(state().pods.size, FILES);
  const before = state().pods;
  put(directory, 'p7.yaml', podText('p7', { ip: '10.1.0.7' }));
  await until(next => next.pods.get(key('p7'))?.addresses.length === 1);
  const changed = [...state().pods].filter(([name, pod]) => before.get(name) !== pod);
  t.strictSame(
    changed.map(([name]) => name),
    ['default/p7'],
  );
});

t.test('memory does not hold the texts', async t => {
  const directory = temporaryDirectory(t);
  const ballast = `# ${'x'.repeat(100_000)}\n`;
  for (let i = 0; i < 500; i++) writeFileSync(join(directory, `p${i}.yaml`), ballast + podText(`p${i}`));
  const before = usedBytes();
  const { state } = await watched(t, { directory, nodeName: 'a' });
  t.equal(state().pods.size, 500);
  const grown = usedBytes() - before;
  t.ok(grown < 10_000_000, `${grown} bytes more, for 50,000,000 bytes of files`);
});

t.test('a burst of writes to one file ends with its last text', async t => {
  const directory = temporaryDirectory(t);
  const { until } = await watched(t, { directory, nodeName: 'a' });
  for (let i = 0; i < 300; i++) {
    writeFileSync(join(directory, 'p.yaml'), podText('p', { uid: `u-${i}` }));
    if (i % 50 === 0) await new Promise(resolve => setImmediate(resolve));
  }
  await until(state => state.pods.get(key('p'))?.uid === 'u-299');
});

t.test('a file that is written slowly, in place, is never half of itself for long', async t => {
  const directory = temporaryDirectory(t);
  const { until, problems } = await watched(t, { directory, nodeName: 'a' });
  const text = podText('p', { ip: '10.1.0.9' });
  for (let end = 10; end < text.length; end += 10) {
    writeFileSync(join(directory, 'p.yaml'), text.slice(0, end));
    await new Promise(resolve => setTimeout(resolve, 3));
  }
  writeFileSync(join(directory, 'p.yaml'), text);
  await until(
    (state, sentences) => state.pods.get(key('p'))?.addresses[0] === '10.1.0.9' && sentences.length === 0,
  );
  t.strictSame(problems(), []);
});
