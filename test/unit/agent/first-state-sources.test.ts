// A start with each source that has lost data, against what the pinned maps have. Etcd: test/e2e/sources/etcd-lost-start.test.ts.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddr } from 'ip';
import t, { type Test } from 'tap';
import { FirstState } from '../../../loader/agent/first-state.ts';
import { KubernetesSource } from '../../../loader/sources/kubernetes/kubernetes-source.ts';
import { ManifestsSource } from '../../../loader/sources/manifests/manifests-source.ts';
import type { Source } from '../../../loader/sources/source.ts';
import { StandInApiServer } from '../../support/api-server/api-server.ts';
import { kubeconfig } from '../../support/api-server/kubeconfig.ts';
import { HURRY, networkPolicy, node, until } from '../sources/kubernetes/scene.ts';

const NODES = ['a', 'b', 'c'].map((name, i) => node(name, `192.0.2.${i + 1}`));
const OBJECTS: readonly Written[] = [...NODES, networkPolicy('one'), networkPolicy('two')];

type Written = ReturnType<typeof node | typeof networkPolicy>;

interface Started {
  readonly problems: () => string;
  readonly counts: () => readonly (readonly [nodes: number, policies: number])[];
}

function start(t: Test, source: Source): Started {
  let held: readonly string[] = [];
  const counts: (readonly [number, number])[] = [];
  const first = new FirstState({
    nodeName: 'a',
    known: () => ({
      nodes: [[parseAddr('192.0.2.2')], [parseAddr('192.0.2.3')]],
      pods: [],
      policies: ['NetworkPolicy shop/one', 'NetworkPolicy shop/two'],
    }),
    onBegin: () => undefined,
    onHeld: problems => (held = problems),
  });
  first
    .start(source, ({ nodes, policies }) => counts.push([nodes.size, policies.size]))
    .catch(() => undefined);
  t.teardown(async () => {
    first.stop();
    await source.stop();
  });
  return { problems: () => held.join(), counts: () => counts };
}

async function apiServer(t: Test): Promise<{ server: StandInApiServer; source: Source }> {
  const server = new StandInApiServer();
  await server.comeUp();
  t.teardown(() => server.goAway());
  const directory = t.testdir({ token: 'first-token' });
  const path = join(directory, 'kubeconfig');
  writeFileSync(path, kubeconfig(server.url, join(directory, 'token')));
  const source = new KubernetesSource({
    ...{ nodeName: 'a', kubeconfig: path, ready: () => false, ownNode: () => undefined, timing: HURRY },
  });
  return { server, source };
}

const LOSSES: readonly (readonly [title: string, lost: readonly Written[], sentence: RegExp])[] = [
  ['everything', OBJECTS, /it lacks 2 of 2 nodes, 2 of 2 policies that the maps/],
  ['its nodes', NODES.slice(1), /it lacks 2 of 2 nodes that the maps/],
  ['its policies', OBJECTS.slice(3), /it lacks 2 of 2 policies that the maps/],
];
for (const [title, lost, sentence] of LOSSES)
  t.test(`an API server that has lost ${title}`, async t => {
    const { server, source } = await apiServer(t);
    for (const object of OBJECTS.filter(one => !lost.includes(one))) server.collections.put(object);
    const one = start(t, source);
    await until(() => sentence.test(one.problems()), 'it is told');
    t.strictSame(one.counts(), []);
    for (const object of lost) server.collections.put(object);
    await until(() => one.counts().length > 0, 'it counts when they are there again');
    t.strictSame(one.counts()[0], [3, 2]);
  });

t.test('an API server in which one policy was deleted meanwhile', async t => {
  const { server, source } = await apiServer(t);
  for (const object of OBJECTS.slice(0, -1)) server.collections.put(object);
  const one = start(t, source);
  await until(() => one.counts().length > 0, 'it counts at once');
  t.strictSame(one.counts()[0], [3, 1]);
  t.equal(one.problems(), '');
});

t.test('a manifests directory that is not mounted yet', async t => {
  const directory = t.testdir({});
  const source = new ManifestsSource({ directory, nodeName: 'a', gatherMs: 5, settleMs: 5 });
  const one = start(t, source);
  await until(() => /it lacks 2 of 2 nodes, 2 of 2 policies/.test(one.problems()), 'it is told');
  const apiVersions = { Node: 'v1', NetworkPolicy: 'networking.k8s.io/v1' } as const;
  for (const object of OBJECTS) {
    const { kind, metadata } = object;
    const apiVersion = apiVersions[kind as keyof typeof apiVersions];
    const path = join(directory, `${kind}-${metadata.name}.yaml`);
    writeFileSync(path, JSON.stringify({ apiVersion, ...object }));
  }
  await until(() => one.counts().length > 0, 'it counts when its files are there');
  t.strictSame(one.counts()[0], [3, 2]);
  rmSync(join(directory, 'NetworkPolicy-one.yaml'));
  await until(() => one.counts().at(-1)?.[1] === 1, 'from then on a file that is deleted is deleted');
});
