// A daemon that starts while etcd has lost what the other nodes wrote: what is absent there was lost, not deleted.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { addPodInterface, deletePodInterface } from '../../../lab/cni.ts';
import { daemonOf, killDaemon, startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { signal } from '../../../lab/process.ts';
import { planPod, type NodePlan, type PodPlan } from '../../../lab/plan.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { startEtcd } from '../../support/etcd.ts';
import { heddlectl, heddlectlJson } from '../../support/heddlectl.ts';
import { testLab } from '../../support/lab.ts';
import { steadyPing } from '../../support/steady-traffic.ts';
import { BRIEFLY, ping, pingedUntil } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const lab = await testLab(t, { nodes: 3, podsPerNode: 0 });
const [address = ''] = lab.outside.addresses;
const etcd = await startEtcd(t, { at: { netns: lab.outside.netns, address } });
const folder = mkdtempSync(join(tmpdir(), 'heddle-etcd-lost-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const [n1, n2, n3] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2'), nodeNamed(lab, 'n3')];
const file = join(folder, 'objects.yaml');
const objects: object[] = [];
const onN1 = ['--lab', lab.options.name, '--node', 'n1'] as const;

async function cluster(...words: string[]): Promise<void> {
  const { code, stderr } = await heddlectl(...onN1, 'cluster', ...words);
  if (code !== 0) throw new Error(stderr);
}

async function applied(...more: object[]): Promise<void> {
  objects.push(...more);
  writeFileSync(file, objects.map(object => stringify(object)).join('---\n'));
  await cluster('apply', file);
}

async function addPod(node: NodePlan): Promise<PodPlan & { readonly ipv4: string }> {
  const plan = planPod(lab.options, node.name, 1);
  const { name, namespace, uid } = plan;
  await applied({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name, namespace, uid, labels: { app: name } },
    spec: { nodeName: node.name },
  });
  const { ips } = await addPodInterface(node, plan);
  t.teardown(() => deletePodInterface(node, plan));
  return { ...plan, ipv4: ips[0]?.address.replace(/\/\d+$/, '') ?? '' };
}

function only(from: PodPlan, to: PodPlan): object {
  return {
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    metadata: { name: `only-${from.name}`, namespace: to.namespace },
    spec: {
      podSelector: { matchLabels: { app: to.name } },
      ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: from.name } } }] }],
    },
  };
}

function init(): Promise<void> {
  return cluster('init', '--pod-cidr', '10.99.0.0/16', 'fd00:99::/48');
}

for (const node of lab.nodes) {
  await stopDaemon(node);
  const config = parse(readFileSync(node.configFile, 'utf8')) as object;
  const source = { kind: 'etcd', etcd: { endpoints: etcd.endpoint, leaseSeconds: 5 } };
  writeFileSync(node.configFile, stringify({ ...config, source }));
}
await init();
for (const node of lab.nodes) startDaemon(node);
await Promise.all(lab.nodes.map(node => waitForDaemon(node)));
const [one, two, three] = [await addPod(n1), await addPod(n2), await addPod(n3)];
await applied(only(two, one));
const numbers = () =>
  heddlectlJson(...onN1, 'node', 'list') as Promise<readonly { node: string; id: number }[]>;
const problems = async () => String((await askStatus(n1.socket))?.problems);

t.test('nothing of other nodes is removed before they have written themselves again', async t => {
  t.ok(await pingedUntil(true, two.netns, one.ipv4), 'the peer that policy names is known');
  t.ok(await pingedUntil(false, three.netns, one.ipv4), 'no other pod is admitted');
  const before = await numbers();
  const steady = [await steadyPing(t, two.netns, one.ipv4), await steadyPing(t, one.netns, three.ipv4)];
  const others = [n2, n3].map(daemonOf).filter(daemon => daemon !== undefined);
  await killDaemon(n1);
  rmSync(n1.stateDir, { recursive: true });
  for (const daemon of others) signal(daemon, 'SIGSTOP');
  await etcd.kill();
  rmSync(etcd.data, { recursive: true });
  await etcd.restart();
  await until(() =>
    init().then(
      () => true,
      () => false,
    ),
  );
  await applied();
  startDaemon(n1);
  t.ok(
    await until(async () =>
      /lost data, it lacks 2 of 2 nodes, 4 of 4 addresses of their pods that/.test(await problems()),
    ),
    await problems(),
  );
  t.notOk(await ping(three.netns, one.ipv4, BRIEFLY), 'policy holds meanwhile');
  for (const daemon of others) signal(daemon, 'SIGCONT');
  await waitForDaemon(n1);
  t.ok(await until(async () => (await problems()) === ''), 'it is over when they have');
  for (const traffic of steady) t.strictSame(await traffic.stop(), [], 'no echo request is lost');
  t.strictSame(await numbers(), before, 'and every node has the number that it had');
});
