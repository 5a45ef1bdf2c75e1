import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { podKey, type ClusterState } from '../../../loader/model/objects.ts';
import { ManifestsSource } from '../../../loader/sources/manifests/manifests-source.ts';
import { podText, put, temporaryDirectory, watched } from './directory.ts';

const key = (name: string) => podKey({ namespace: 'default', name });
const has = (name: string) => (state: ClusterState) => state.pods.has(key(name));
const lacks = (name: string) => (state: ClusterState) => !state.pods.has(key(name));

t.test('what is there at the start is told before start resolves', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'a.yaml', podText('a', { ip: '10.1.0.5' }));
  put(directory, 'ns.yml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n');
  put(directory, 'node.json', '{"apiVersion":"v1","kind":"Node","metadata":{"name":"a"}}');
  writeFileSync(join(directory, 'README'), 'not ours');
  writeFileSync(join(directory, '.half.yaml'), 'kind: [');
  mkdirSync(join(directory, 'below'));
  const { state, problems } = await watched(t, { directory, nodeName: 'a' });
  t.strictSame(state().pods.get(key('a'))?.addresses, ['10.1.0.5']);
  t.ok(state().namespaces.has('shop'));
  t.ok(state().nodes.has('a'));
  t.strictSame(problems(), []);
});

t.test('files that come, change and go are told', async t => {
  const directory = temporaryDirectory(t);
  const { until } = await watched(t, { directory, nodeName: 'a' });
  put(directory, 'a.yaml', podText('a'));
  await until(has('a'));
  put(directory, 'a.yaml', podText('b'));
  await until(state => has('b')(state) && lacks('a')(state));
  writeFileSync(join(directory, 'a.yaml'), podText('c'));
  await until(has('c'));
  rmSync(join(directory, 'a.yaml'));
  await until(lacks('c'));
});

t.test('a broken file keeps what it said before, until it is mended', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'a.yaml', podText('a'));
  put(directory, 'b.yaml', podText('b'));
  const { until, state, problems } = await watched(t, { directory, nodeName: 'a' });
  put(directory, 'a.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: { name: A! }\n');
  await until((_, sentences) => sentences.length > 0);
  t.strictSame(problems(), [
    `${join(directory, 'a.yaml')}:3: Pod default/A!: metadata.name 'A!' is no lower-case DNS name`,
  ]);
  t.ok(has('a')(state()));
  put(directory, 'b.yaml', podText('c'));
  await until(has('c'));
  t.ok(has('a')(state()), 'other files go on');
  put(directory, 'a.yaml', podText('a2'));
  await until((next, sentences) => has('a2')(next) && sentences.length === 0);
  t.notOk(has('a')(state()));
});

t.test('a broken file that is removed says nothing any more', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'a.yaml', podText('a'));
  const { until } = await watched(t, { directory, nodeName: 'a' });
  put(directory, 'a.yaml', ': :');
  await until((_, sentences) => sentences.length > 0);
  rmSync(join(directory, 'a.yaml'));
  await until((state, sentences) => lacks('a')(state) && sentences.length === 0);
});

t.test('nothing is told when nothing has changed', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'a.yaml', podText('a'));
  const { told, until } = await watched(t, { directory, nodeName: 'a', rescanMs: 10 });
  await sleep(100);
  t.equal(told(), 1);
  put(directory, 'b.yaml', podText('b'));
  await until(has('b'));
  t.equal(told(), 2);
});

t.test('many changes at once are few states', async t => {
  const directory = temporaryDirectory(t);
  const { told, until } = await watched(t, { directory, nodeName: 'a', gatherMs: 50 });
  for (let i = 0; i < 200; i++) put(directory, `p${i}.yaml`, podText(`p${i}`));
  await until(state => state.pods.size === 200);
  t.ok(told() < 20, `${told()} states`);
});

t.test('a mounted ConfigMap is followed when its ..data is swapped', async t => {
  const directory = temporaryDirectory(t);
  const version = (name: string, text: string): void => {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'pods.yaml'), text);
    symlinkSync(name, join(directory, '..data_tmp'));
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
  };
  version('..2026_1', podText('old'));
  symlinkSync('..data/pods.yaml', join(directory, 'pods.yaml'));
  const { until, state } = await watched(t, { directory, nodeName: 'a' });
  t.ok(has('old')(state()));
  version('..2026_2', podText('new'));
  await until(state => has('new')(state) && lacks('old')(state));
});

t.test('a directory that is itself a link is followed to its new place', async t => {
  const root = temporaryDirectory(t);
  for (const name of ['one', 'two']) mkdirSync(join(root, name));
  put(join(root, 'one'), 'a.yaml', podText('a'));
  put(join(root, 'two'), 'b.yaml', podText('b'));
  symlinkSync('one', join(root, 'current'));
  const { until } = await watched(t, { directory: join(root, 'current'), nodeName: 'a', rescanMs: 20 });
  symlinkSync('two', join(root, 'next'));
  renameSync(join(root, 'next'), join(root, 'current'));
  await until(state => has('b')(state) && lacks('a')(state));
  put(join(root, 'two'), 'c.yaml', podText('c'));
  await until(has('c'));
});

t.test('a directory that vanishes keeps its last content, and is taken up again', async t => {
  const root = temporaryDirectory(t);
  const directory = join(root, 'manifests');
  mkdirSync(directory);
  put(directory, 'a.yaml', podText('a'));
  const { until, state } = await watched(t, { directory, nodeName: 'a', rescanMs: 20 });
  rmSync(directory, { recursive: true });
  await until((_, problems) => problems.some(problem => problem.includes('cannot be read')));
  mkdirSync(directory);
  put(directory, 'b.yaml', podText('b'));
  await until((next, problems) => has('b')(next) && problems.length === 0);
  t.notOk(has('a')(state()));
});

t.test('without a directory start is refused with one sentence, and nothing is told', async t => {
  const source = new ManifestsSource({ directory: '/nonexistent/manifests', nodeName: 'a' });
  t.teardown(() => source.stop());
  let told = 0;
  await t.rejects(
    source.start(() => told++),
    {
      code: 'IO',
      message:
        /^the manifests directory \/nonexistent\/manifests cannot be read, create it or set source.directory, or source.kind where .*: ENOENT/,
    },
  );
  t.equal(told, 0);
});

t.test('nothing is told after stop', async t => {
  const directory = temporaryDirectory(t);
  const { source, told } = await watched(t, { directory, nodeName: 'a', rescanMs: 10 });
  await source.stop();
  put(directory, 'a.yaml', podText('a'));
  await sleep(60);
  t.equal(told(), 1);
});

t.test(
  'each complete look at the directory proves its news; one that cannot be looked at is silent',
  async t => {
    const directory = temporaryDirectory(t);
    put(directory, 'a.yaml', podText('a'));
    const { source, until, problems } = await watched(t, { directory, nodeName: 'a', rescanMs: 100 });
    const silent = (): readonly boolean[] => source.watches().map(({ isSilent }) => isSilent);
    t.strictSame(silent(), [false]);
    const { confirmedAtMs = 0 } = source.watches()[0] ?? {};
    while ((source.watches()[0]?.confirmedAtMs ?? 0) <= confirmedAtMs) await sleep(5);
    renameSync(directory, `${directory}.away`);
    t.teardown(() => rmSync(`${directory}.away`, { recursive: true, force: true }));
    await until((_, sentences) => sentences.some(each => each.includes('has proven no news')));
    t.strictSame(silent(), [true]);
    renameSync(`${directory}.away`, directory);
    await until((_, sentences) => sentences.length === 0);
    t.strictSame(silent(), [false]);
    t.strictSame(problems(), []);
  },
);
