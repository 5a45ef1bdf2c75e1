// heddlectl connectivity test as Kubernetes objects, created and run by Debian's kubectl in a cluster that is a lab.
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { PathResult } from '../../../loader/connectivity/connectivity-test.ts';
import { addressOf, testLab } from '../../support/lab.ts';
import { KubectlServer } from '../../support/kubectl/kubectl-server.ts';
import { LabKubelet } from '../../support/kubectl/lab-kubelet.ts';
import { operatorOf } from '../../support/kubectl/operator.ts';
import { serveAll } from '../../support/reach.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { podsPerNode: 0 });
const kubelet = new LabKubelet(lab);
const { execIn, create, remove } = kubelet;
const server = new KubectlServer({ execIn, create, remove, logOf: () => '' });
for (const { name } of lab.nodes)
  server.put({
    ...{ apiVersion: 'v1', kind: 'Node', metadata: { name } },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
server.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'gone' }, status: {} });
server.put({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'cordoned' }, spec: { unschedulable: true } },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});
server.put({
  ...{ apiVersion: 'apps/v1', kind: 'DaemonSet' },
  metadata: { name: 'heddle', namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'heddle' } },
  spec: { template: { spec: { containers: [{ name: 'heddled', image: 'heddle:0.1.0' }] } } },
});
const outside = { ...lab.outside, name: 'outside' };
await serveAll(t, [outside]);
const operator = await operatorOf(server, t.testdir());
t.teardown(() => server.close());

const test = (...words: string[]) =>
  operator.run(
    ...(['heddlectl', '-j', 'connectivity', 'test', '--resolve', 'localhost'] as const),
    ...['--outside', `${addressOf(outside, 'ipv4')}:7007`, ...words],
  );

for (const [only, paths] of [
  ['policy', 4],
  ['node to Service', 1],
] as const)
  t.test(`${only}: the objects do it, and are gone`, async t => {
    const { code, stdout, stderr } = await test('--only', only);
    t.equal(code, 0, stdout + stderr);
    const results = JSON.parse(stdout) as PathResult[];
    t.strictSame(
      results.flatMap(({ failures }) => failures),
      [],
    );
    t.equal(results.length, paths);
    t.ok(
      results.every(({ attempts }) => attempts > 0),
      'each path is asked',
    );
    t.equal(kubelet.running, 0);
    t.strictSame(server.objectsOf('Namespace'), []);
    t.strictSame(server.objectsOf('NetworkPolicy'), []);
  });

t.test('no more nodes than asked for, and the others are told', async t => {
  const { code, stderr } = await test('--keep', '--nodes', '1', '--only', 'name resolution');
  t.equal(code, 0, stderr);
  t.match(stderr, /^nodes n1: 1 of 2 are left out, --nodes 2 tests all$/m);
  t.equal(kubelet.running, 3, 'two pods and the node itself, on one node');
  await operator.run('kubectl', 'delete', 'namespace', 'heddle-connectivity', '--wait=false');
  t.equal(kubelet.running, 0);
  t.match(await test('--nodes', '0'), { code: 2, stderr: /--nodes 0 tests nothing/ });
});

t.test('the plugin hands on a kubeconfig whose path has a blank', async t => {
  const path = join(operator.directory, 'a config');
  copyFileSync(join(operator.directory, 'kubeconfig'), path);
  const words = ['--kubeconfig', path, 'connectivity', 'test', '--image', 'x', '--only', 'name resolution'];
  const { code, stderr } = await operator.run('kubectl-heddle', ...words, '--resolve', 'localhost');
  t.equal(code, 0, stderr);
  t.strictSame(
    readdirSync(operator.directory).filter(name => name.startsWith('tmp.')),
    [],
    'no directory stays',
  );
});

t.test('the image is that of the DaemonSet, and the objects stay where that is asked for', async t => {
  const { code, stderr } = await test('--keep', '--only', 'name resolution');
  t.equal(code, 0, stderr);
  const pods = server.objectsOf('Pod');
  t.equal(pods.length, 6, 'two pods and the node itself, on each of two nodes');
  t.match(pods[0]?.['spec'], { containers: [{ image: 'heddle:0.1.0' }] });
  t.match(await test(), { code: 1, stderr: /"heddle-connectivity" already exists/ });
  t.equal(kubelet.running, 6, 'what somebody else has there stays');
  t.equal(
    (await operator.run('kubectl', 'delete', 'namespace', 'heddle-connectivity', '--wait=false')).code,
    0,
  );
  t.equal(kubelet.running, 0);
});

t.test('a cluster that cannot be asked is told in one line', async t => {
  await server.close();
  const { code, stderr } = await test();
  t.equal(code, 1);
  t.match(stderr, /^heddlectl: kubectl get daemonsets --all-namespaces ended with 1: /);
});
