import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseAddr } from 'ip';
import { podKey, type ClusterState, type PodKey } from '../../../loader/model/objects.ts';
import { publishedName } from '../../../loader/sources/manifests/published-name.ts';
import type { PublishedPod } from '../../../loader/sources/source.ts';
import { podText, put, temporaryDirectory, watched } from './directory.ts';
import t from 'tap';

const web = podKey({ namespace: 'default', name: 'web' });
const given = (...texts: string[]): PublishedPod => ({ uid: 'u-1', addresses: texts.map(parseAddr) });
const addressOf = (state: ClusterState): string | undefined => state.pods.get(web)?.addresses[0];

t.test('a published address reaches the other nodes, and is gone when it is no longer published', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'web.yaml', podText('web', { uid: 'u-1' }));
  const own = await watched(t, { directory, nodeName: 'a' });
  const other = await watched(t, { directory, nodeName: 'b' });
  await own.source.publish(new Map([[web, given('10.1.0.5', 'fd00::5')]]));
  t.equal(addressOf(own.state()), '10.1.0.5', 'its own node knows at once');
  await other.until(state => addressOf(state) === '10.1.0.5');
  await own.source.publish(new Map());
  t.equal(addressOf(own.state()), undefined);
  await other.until(state => addressOf(state) === undefined);
  t.strictSame(readdirSync(directory), ['web.yaml']);
});

t.test('publishing the same again writes nothing', async t => {
  const directory = temporaryDirectory(t);
  const { source } = await watched(t, { directory, nodeName: 'a' });
  const pods: ReadonlyMap<PodKey, PublishedPod> = new Map([[web, given('10.1.0.5')]]);
  await source.publish(pods);
  const [file = ''] = readdirSync(directory);
  const before = statSync(join(directory, file));
  await source.publish(pods);
  const after = statSync(join(directory, file));
  t.equal(after.ino, before.ino);
  t.equal(after.ctimeMs, before.ctimeMs);
});

t.test('the file says whose addresses it holds, who gave them, and when they mean nothing', async t => {
  const directory = temporaryDirectory(t);
  const { source } = await watched(t, { directory, nodeName: 'a' });
  await source.publish(new Map([[web, given('10.1.0.5')]]));
  const [file = ''] = readdirSync(directory);
  t.match(file, /^heddle-addresses\.default\.web\.[0-9a-f]{12}\.yaml$/);
  t.strictSame(parse(readFileSync(join(directory, file), 'utf8')), {
    apiVersion: 'heddle.dev/v1',
    kind: 'PodAddresses',
    metadata: { namespace: 'default', name: 'web', uid: 'u-1' },
    nodeName: 'a',
    addresses: ['10.1.0.5'],
  });
});

t.test('what a killed writer has left is replaced, and one that fails leaves nothing', async t => {
  const directory = temporaryDirectory(t);
  const { source } = await watched(t, { directory, nodeName: 'a' });
  const name = publishedName('a', web);
  put(directory, `.${name}.new`, 'half of');
  await source.publish(new Map([[web, given('10.1.0.5')]]));
  t.strictSame(readdirSync(directory), [name]);
  await source.publish(new Map());
  mkdirSync(join(directory, name, 'in-the-way'), { recursive: true });
  await source.publish(new Map([[web, given('10.1.0.5')]]));
  t.strictSame(readdirSync(directory), [name]);
});

t.test('a node touches only its own files, also after a restart', async t => {
  const directory = temporaryDirectory(t);
  const a = await watched(t, { directory, nodeName: 'a' });
  const b = await watched(t, { directory, nodeName: 'b' });
  await a.source.publish(new Map([[web, given('10.1.0.5')]]));
  await b.source.publish(new Map([[web, given('10.2.0.5')]]));
  t.equal(readdirSync(directory).length, 2);
  await a.source.stop();
  const again = await watched(t, { directory, nodeName: 'a' });
  await again.source.publish(new Map());
  const [left = ''] = readdirSync(directory);
  t.match(readFileSync(join(directory, left), 'utf8'), 'nodeName: b');
});

t.test('a file that somebody removed is written again', async t => {
  const directory = temporaryDirectory(t);
  const { source, until } = await watched(t, { directory, nodeName: 'a' });
  put(directory, 'web.yaml', podText('web', { uid: 'u-1' }));
  const pods = new Map([[web, given('10.1.0.5')]]);
  await source.publish(pods);
  await until(state => addressOf(state) === '10.1.0.5');
  for (const file of readdirSync(directory)) if (file.startsWith('heddle-')) rmSync(join(directory, file));
  await until(state => addressOf(state) === undefined);
  await source.publish(pods);
  t.equal(readdirSync(directory).length, 2);
});

t.test('pods of any legal name have files of their own', async t => {
  const directory = temporaryDirectory(t);
  const { source } = await watched(t, { directory, nodeName: 'a' });
  const long = 'x'.repeat(253);
  const names = [long, `${long.slice(1)}y`, 'b.c', 'c'];
  const pods = new Map(names.map(name => [podKey({ namespace: 'n', name }), given('10.1.0.5')]));
  pods.set(podKey({ namespace: 'n.b', name: 'c' }), given('10.1.0.6'));
  await source.publish(pods);
  t.equal(readdirSync(directory).length, 5);
});

t.test('a directory that cannot be written is one sentence, and is written once it can be', async t => {
  const directory = temporaryDirectory(t);
  const { source, problems, until } = await watched(t, { directory, nodeName: 'a', rescanMs: 20 });
  rmSync(directory, { recursive: true });
  await source.publish(new Map([[web, given('10.1.0.5')]]));
  const sentence = /^the manifests directory .* cannot be written, so other nodes do not learn .*: ENOENT/;
  t.ok(
    problems().some(problem => sentence.test(problem)),
    problems().join('; '),
  );
  mkdirSync(directory);
  put(directory, 'web.yaml', podText('web', { uid: 'u-1' }));
  await until((state, left) => addressOf(state) === '10.1.0.5' && left.length === 0);
});

t.test('a published file that somebody removed is written again by the next rescan', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'web.yaml', podText('web', { uid: 'u-1' }));
  const { source, until } = await watched(t, { directory, nodeName: 'a', rescanMs: 50 });
  await source.publish(new Map([[web, given('10.1.0.5')]]));
  for (const file of readdirSync(directory)) if (file.startsWith('heddle-')) rmSync(join(directory, file));
  await until(state => readdirSync(directory).length === 2 && addressOf(state) === '10.1.0.5');
});
