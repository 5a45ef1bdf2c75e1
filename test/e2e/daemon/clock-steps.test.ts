// The wall clock of a daemon steps by hours, forwards and back, while it runs: nothing waits for it and nothing ends early.
//
// Kind: the wall clock as a stopwatch. Examples: retries and intervals of reconcilers, the cooldown of addresses, leases in etcd,
// the flow history, policies that are to be confirmed.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { parse, stringify } from 'yaml';
import { addPodInterface, deletePodInterface } from '../../../lab/cni.ts';
import { startDaemon, stopDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { builtFile } from '../../../lab/installation.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { planPod, type NodePlan, type PodPlan } from '../../../lab/plan.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { hostInterfaceName } from '../../../loader/pods/host-interface.ts';
import { startEtcd } from '../../support/etcd.ts';
import { mustExec, testLab } from '../../support/lab.ts';
import { steppedClock } from '../../support/stepped-clock/stepped-clock.ts';
import { ping } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const HOUR = 3_600;
const STEPS = {
  'six hours forwards': 6 * HOUR,
  'twelve hours back': -6 * HOUR,
  'and to the year 2019': -7 * 8_766 * HOUR,
};
const LEASE_SECONDS = 5;
/** A lease would have ended twice by then. */
const LONG_MS = 2 * LEASE_SECONDS * 1_000;

const lab = await testLab(t, { nodes: 2, podsPerNode: 0, config: { ipam: { reuseDelaySeconds: 1 } } });
const [n1, n2] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
const [address = ''] = lab.outside.addresses;
const etcd = await startEtcd(t, { at: { netns: lab.outside.netns, address } });
const clock = steppedClock(t);

async function useEtcd(node: NodePlan): Promise<void> {
  await stopDaemon(node);
  const config = parse(readFileSync(node.configFile, 'utf8')) as object;
  const source = { kind: 'etcd', etcd: { endpoints: etcd.endpoint, leaseSeconds: LEASE_SECONDS } };
  writeFileSync(node.configFile, stringify({ ...config, source }));
}

/** An operator of the node looks at the same clock. */
async function operator(...words: string[]): Promise<string> {
  const argv = ['--lab', lab.options.name, '--node', 'n1', ...words];
  const { stdout } = await promisify(execFile)(builtFile('heddlectl.mjs'), argv, {
    env: { ...process.env, ...clock.environment },
  });
  return stdout;
}

function podObject({ name, namespace, uid, node }: PodPlan): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', spec: { nodeName: node } },
    metadata: { name, namespace, uid, labels: { app: name } },
  };
}

for (const node of [n1, n2]) await useEtcd(node);
await operator('cluster', 'init', '--pod-cidr', '10.99.0.0/24', '--node-prefix', '29');
for (const node of [n1, n2])
  startDaemon(node, { bundle: builtFile('heddled.mjs'), environment: clock.environment });
await Promise.all([n1, n2].map(node => waitForDaemon(node)));
const plan = planPod(lab.options, 'n1', 1);
const far = planPod(lab.options, 'n2', 1);
const folder = mkdtempSync(join(tmpdir(), 'heddle-clock-steps-'));
t.teardown(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'pods.yaml'), [plan, far].map(pod => stringify(podObject(pod))).join('---\n'));
await operator('cluster', 'apply', join(folder, 'pods.yaml'));

async function standingOf(node: NodePlan): Promise<string> {
  const status = await askStatus(node.socket);
  return [status?.ready === true ? 'ready' : 'not ready', ...(status?.problems ?? [])].join('; ');
}

async function addressOf(node: NodePlan, pod: typeof plan): Promise<string> {
  const { ips } = await addPodInterface(node, pod);
  return ips[0]?.address.replace(/\/\d+$/, '') ?? '';
}

async function assertWell(t: Test): Promise<void> {
  const near = await addressOf(n1, plan);
  const remote = await addressOf(n2, far);
  t.ok(await until(() => ping(plan.netns, remote)), 'a pod that is added now reaches another node');
  t.match(await operator('monitor', '--last', '1m'), remote, 'its flow is of the last minute');
  const device = hostInterfaceName(plan);
  await mustExec(n1, 'ip', 'link', 'set', device, 'down');
  t.ok(await until(() => ping(plan.netns, remote, ['-W', '1'])), 'what is damaged is mended');
  await Promise.all([deletePodInterface(n1, plan), deletePodInterface(n2, far)]);
  t.ok(near !== '' && near !== remote);
}

for (const [title, seconds] of Object.entries(STEPS))
  t.test(title, async t => {
    clock.set(seconds);
    await assertWell(t);
    const endMs = performance.now() + LONG_MS;
    while (performance.now() < endMs) {
      t.equal(await standingOf(n1), 'ready');
      t.match(await operator('cluster', 'get', 'nodes'), /n1[^]*n2/, 'no lease has ended');
      await new Promise(resolve => setTimeout(resolve, 1_000));
    }
    await assertWell(t);
  });

t.test('the daemon says the time that it was set to', async t => {
  const last = readFileSync(n1.logFile, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  t.match(last, /2019|"time":15\d{11}/, last);
  return Promise.resolve();
});
