// Three real daemons without Kubernetes: they live by an etcd on their network, and by nothing of it while it does not answer.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { addPodInterface, deletePodInterface } from '../../../lab/cni.ts';
import { killDaemon, startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { execIn } from '../../../lab/exec.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { planPod, type NodePlan, type PodPlan } from '../../../lab/plan.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { startEtcd } from '../../support/etcd.ts';
import { heddlectl, heddlectlJson } from '../../support/heddlectl.ts';
import { testLab } from '../../support/lab.ts';
import { steadyPing } from '../../support/steady-traffic.ts';
import { ping, pingedUntil } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { nodes: 3, podsPerNode: 0 });
const [address = ''] = lab.outside.addresses;
const etcd = await startEtcd(t, { at: { netns: lab.outside.netns, address } });
const folder = mkdtempSync(join(tmpdir(), 'heddle-etcd-lab-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const [n1, n2, n3] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2'), nodeNamed(lab, 'n3')];

async function cluster(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return heddlectl('--lab', lab.options.name, '--node', 'n1', 'cluster', ...words);
}

async function applied(...objects: object[]): Promise<string> {
  const file = join(folder, 'objects.yaml');
  writeFileSync(file, objects.map(object => stringify(object)).join('---\n'));
  const { code, stdout, stderr } = await cluster('apply', file);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

function podObject({ name, namespace, uid, node }: PodPlan): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name, namespace, uid, labels: { app: name } },
    spec: { nodeName: node },
  };
}

async function addEtcdPod(
  node: NodePlan,
  number: number,
): Promise<PodPlan & { readonly addresses: string[] }> {
  const plan = planPod(lab.options, node.name, number);
  await applied(podObject(plan));
  const { ips } = await addPodInterface(node, plan);
  t.teardown(() => deletePodInterface(node, plan));
  return { ...plan, addresses: ips.map(({ address }) => address.replace(/\/\d+$/, '')) };
}

async function useEtcd(node: NodePlan): Promise<void> {
  await stopDaemon(node);
  const config = parse(readFileSync(node.configFile, 'utf8')) as object;
  const source = { kind: 'etcd', etcd: { endpoints: etcd.endpoint, leaseSeconds: 5 } };
  writeFileSync(node.configFile, stringify({ ...config, source }));
}

for (const node of lab.nodes) await useEtcd(node);
const initialised = await cluster('init', '--pod-cidr', '10.99.0.0/16', 'fd00:99::/48');
for (const node of lab.nodes) startDaemon(node);
await Promise.all(lab.nodes.map(node => waitForDaemon(node)));
const [one, two] = [await addEtcdPod(n1, 1), await addEtcdPod(n2, 1)];
const [oneIpv4 = '', oneIpv6 = ''] = one.addresses;
const [twoIpv4 = '', twoIpv6 = ''] = two.addresses;

t.test('nodes announce themselves, and pods of two of them talk', async t => {
  t.match(initialised.stdout, /^\/heddle\/cluster initialised/);
  const nodes = (await heddlectlJson(
    '--lab',
    lab.options.name,
    '--node',
    'n1',
    'cluster',
    'get',
    'nodes',
  )) as {
    name: string;
    alive: boolean;
  }[];
  t.strictSame(
    nodes.map(({ name, alive }) => [name, alive]),
    [
      ['n1', true],
      ['n2', true],
      ['n3', true],
    ],
  );
  t.match(oneIpv4, /^10\.99\.[0-2]\.\d+$/);
  t.match(oneIpv6, /^fd00:99:/);
  t.ok(await until(() => ping(one.netns, twoIpv4)), 'IPv4');
  t.ok(await until(() => ping(one.netns, twoIpv6)), 'IPv6');
});

t.test('policies and namespaces are objects as everywhere', async t => {
  const isolate = {
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    metadata: { name: 'closed', namespace: two.namespace },
    spec: { podSelector: { matchLabels: { app: two.name } }, policyTypes: ['Ingress'] },
  };
  t.match(
    await applied({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: two.namespace } }, isolate),
    /closed: created/,
  );
  t.ok(await pingedUntil(false, one.netns, twoIpv4), 'it is active on the other node');
  t.match(await applied(isolate), /closed: unchanged/);
  const refused = join(folder, 'refused.yaml');
  writeFileSync(refused, stringify({ ...isolate, spec: { podSelector: 7 } }));
  const { code, stderr } = await cluster('apply', refused);
  t.equal(code, 2);
  t.match(stderr, /refused\.yaml:\d+: NetworkPolicy lab\/closed: spec\.podSelector/);
  t.equal((await cluster('delete', 'netpol', `${two.namespace}/closed`)).code, 0);
  t.ok(await until(() => ping(one.netns, twoIpv4)), 'and gone');
});

t.test('etcd is killed: no packet is lost, a daemon is restarted beside, and a pod is added', async t => {
  const late = planPod(lab.options, 'n1', 2);
  await applied(podObject(late));
  const steady = await steadyPing(t, one.netns, twoIpv4);
  await etcd.kill();
  const problems = async () => String((await askStatus(n1.socket))?.problems);
  t.ok(await until(async () => /cannot be reached since/.test(await problems())), 'it is told');
  await killDaemon(n2);
  const { ips } = await addPodInterface(n1, late);
  t.teardown(() => deletePodInterface(n1, late));
  t.ok(
    await until(() => ping(one.netns, ips[0]?.address.replace(/\/\d+$/, '') ?? '')),
    'a pod whose object was known comes up',
  );
  startDaemon(n2);
  await etcd.restart();
  await waitForDaemon(n2);
  t.ok(
    await until(() => ping(two.netns, ips[0]?.address.replace(/\/\d+$/, '') ?? '')),
    'and the other node learns of it',
  );
  t.ok(await until(async () => (await problems()) === ''), 'no problem is left');
  t.strictSame(await steady.stop(), [], 'no echo request is lost');
});

t.test('a node that is gone for good gives its place back, and one that runs does not', async t => {
  const running = await cluster('delete', 'node', 'n3');
  t.match(running.stderr, /the daemon of node n3 is running, and would take another place: stop it first/);
  const cidr = /10\.99\.\d+\.0\/24/.exec(
    (await cluster('get', 'nodes')).stdout.split('\n').find(line => line.includes('n3')) ?? '',
  )?.[0];
  await stopDaemon(n3);
  t.ok(await until(async () => (await cluster('delete', 'node', 'n3')).code === 0));
  const routes = async () => (await execIn(n1.netns, ['ip', 'route'])).stdout;
  t.ok(await until(async () => !(await routes()).includes(`${cidr} `)), 'its route is gone elsewhere');
  startDaemon(n3);
  await waitForDaemon(n3);
  t.ok(await until(async () => (await routes()).includes(`${cidr} `)), 'and it takes the place that is free');
});
