import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { podKey, type ClusterState } from '../../../loader/model/objects.ts';
import { podText, put, temporaryDirectory, watched, type Watched } from './directory.ts';

const web = podKey({ namespace: 'default', name: 'web' });
const hasWeb = (state: ClusterState): boolean => state.pods.get(web)?.addresses[0] === '10.1.0.5';
const isBroken = (_: ClusterState, problems: readonly string[]): boolean => problems.length > 0;

/** A source whose one file has broken after it was good. */
async function broken(t: Test): Promise<{ directory: string; memory: string; first: Watched }> {
  const directory = temporaryDirectory(t);
  const memory = join(temporaryDirectory(t), 'state', 'manifests.json');
  put(directory, 'web.yaml', podText('web', { ip: '10.1.0.5' }));
  const first = await watched(t, { directory, nodeName: 'a', memory });
  t.notOk(existsSync(memory), 'nothing is kept while nothing is broken');
  put(directory, 'web.yaml', 'kind: [');
  await first.until(isBroken);
  return { directory, memory, first };
}

t.test('what a broken file said before is active after a restart, and still a problem', async t => {
  const { directory, memory, first } = await broken(t);
  await first.source.stop();
  const second = await watched(t, { directory, nodeName: 'a', memory });
  t.ok(hasWeb(second.state()));
  t.equal(second.problems().length, 1);
  await second.source.stop();
  const third = await watched(t, { directory, nodeName: 'a', memory });
  t.ok(hasWeb(third.state()), 'and after another one');
});

t.test('a file that is whole again is remembered no longer', async t => {
  const { directory, memory, first } = await broken(t);
  put(directory, 'web.yaml', podText('other'));
  await first.until((state, problems) => problems.length === 0 && !hasWeb(state));
  t.notOk(existsSync(memory));
});

t.test('a broken file that is removed while nobody watches is gone', async t => {
  const { directory, memory, first } = await broken(t);
  await first.source.stop();
  rmSync(join(directory, 'web.yaml'));
  const second = await watched(t, { directory, nodeName: 'a', memory });
  t.notOk(hasWeb(second.state()));
  t.notOk(existsSync(memory));
});

t.test('a memory that is torn or of another form is forgotten', async t => {
  const { directory, memory, first } = await broken(t);
  await first.source.stop();
  for (const text of [
    '',
    '{"form":2,"files":{"web.yaml":[{',
    '{"form":1,"files":{}}',
    '{"form":2,"files":{"web.yaml":7}}',
  ]) {
    writeFileSync(memory, text);
    const again = await watched(t, { directory, nodeName: 'a', memory });
    t.notOk(hasWeb(again.state()));
    t.equal(again.problems().length, 1);
    await again.source.stop();
  }
});

t.test('a memory that cannot be written is a problem, and nothing more', async t => {
  const directory = temporaryDirectory(t);
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  put(directory, 'web.yaml', podText('web', { ip: '10.1.0.5' }));
  const { until, state } = await watched(t, {
    directory,
    nodeName: 'a',
    memory: join(file, 'manifests.json'),
  });
  put(directory, 'web.yaml', 'kind: [');
  await until((_, problems) =>
    problems.some(problem => problem.includes('cannot be written, a restart would forget')),
  );
  t.ok(hasWeb(state()));
});
