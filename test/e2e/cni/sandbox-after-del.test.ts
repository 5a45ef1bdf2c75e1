// A DEL is answered before its device is gone: what follows at once by another name (the same pod's next sandbox, another path
// to the namespace, a registration, STATUS) finds room, too.
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { addNetns } from '../../../lab/iproute.ts';
import { nodeNamed } from '../../../lab/lab.ts';
import { writeObject } from '../../../lab/manifests.ts';
import { planPod, type PodPlan } from '../../../lab/plan.ts';
import { API, ApiClient } from '../../../loader/api/client.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { callCni } from '../../support/cni-call.ts';
import { mustExec, testLab } from '../../support/lab.ts';
import { newPod, refusalOf, replacePodCidr } from '../../support/new-pod.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const ROUNDS = 10;
/** Of a prefix of 8 addresses: those of the network, the node and the broadcast are nobody's. */
const ROOM = 5;

const lab = await testLab(t, {
  nodes: 1,
  podsPerNode: 0,
  families: 'ipv4',
  config: { ipam: { reuseDelaySeconds: 0 } },
});
const node = nodeNamed(lab, 'n1');
const records = join(node.stateDir, 'attachments');

const call = (command: string, pod: PodPlan, ips?: readonly string[]): Promise<string> =>
  refusalOf(command, node, pod, ips);

/** The address that it was given, or what was said instead. */
async function add(pod: PodPlan): Promise<string> {
  const { exitCode, stdout } = await callCni('ADD', node, pod);
  if (exitCode !== 0) return stdout;
  const { ips } = JSON.parse(stdout) as { readonly ips: readonly { readonly address: string }[] };
  return ips.map(({ address }) => address.replace(/\/\d+$/, '')).join();
}

function writeAddress(pod: PodPlan, podIP: string): void {
  const { name, namespace, uid } = pod;
  writeObject(lab, `pod-${name}`, {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid } },
    spec: { nodeName: pod.node, containers: [{ name: 'main', image: 'none' }] },
    status: { phase: 'Running', podIP },
  });
}

t.test("a pod's next sandbox has the address that its object names", async t => {
  const first = planPod(lab.options, 'n1', 1);
  const second = {
    ...newPod(lab, 2),
    name: first.name,
    uid: first.uid,
    containerId: `${first.containerId}-2`,
  };
  addNetns(first.netns);
  writeAddress(first, '10.244.1.50');
  for (let round = 0; round < ROUNDS; round++)
    for (const sandbox of [first, second]) {
      t.equal(await add(sandbox), '10.244.1.50');
      t.equal(await call('DEL', sandbox), '');
    }
});

t.test('a pod has the address that its object names, after another pod had it', async t => {
  const [former, later] = [newPod(lab, 3), planPod(lab.options, 'n1', 4)];
  addNetns(later.netns);
  for (let round = 0; round < ROUNDS; round++) {
    const address = await add(former);
    writeAddress(later, address);
    await until(
      async () => /is reserved/.test(await call('ADD', { ...former, containerId: 'x' }, [address])),
      300,
    );
    t.equal(await call('DEL', former), '');
    t.equal(await add(later), address);
    t.equal(await call('DEL', later), '');
  }
});

t.test('the namespace of the one before has another path', async t => {
  const [pod, other] = [newPod(lab, 5), newPod(lab, 11)];
  const path = join(lab.directory, 'namespace');
  writeFileSync(path, '');
  execFileSync('mount', ['--bind', pod.netns, path]); // a symbolic link is resolved by the plugin
  t.teardown(() => execFileSync('umount', [path]));
  for (let round = 0; round < ROUNDS; round++) {
    const first = { ...pod, containerId: `first-${round}` };
    const second = { ...pod, netns: path, containerId: `second-${round}` };
    for (const one of [first, other]) t.equal(await call('ADD', one), '');
    t.equal(await call('DEL', other), ''); // its device goes first, and that of the next one waits for it
    t.equal(await call('DEL', first), '');
    t.equal(await call('ADD', second), '');
    t.equal(await call('DEL', second), '');
  }
});

t.test('a pod is registered with the address of the one before', async t => {
  const pod = newPod(lab, 6);
  await mustExec(node, 'ip', 'link', 'add', 'own0', 'type', 'veth', 'peer', 'own1');
  await mustExec(node, 'ip', 'link', 'set', 'own0', 'up');
  using client = new ApiClient(node.socket);
  for (let round = 0; round < ROUNDS; round++) {
    t.equal(await call('ADD', pod, ['10.244.1.78']), '');
    t.equal(await call('DEL', pod), '');
    const register = (): Promise<readonly string[] | string> =>
      client
        .ask(API.dataplane.registerPod, {
          ...{ containerId: 'c1', hostInterface: 'own0', mac: '02:00:00:00:00:01' },
          addresses: ['10.244.1.78'],
        })
        .then(
          ({ addresses }) => addresses,
          (error: unknown) => String(error),
        );
    t.strictSame(await register(), ['10.244.1.78']);
    await client.ask(API.dataplane.unregisterPod, { containerId: 'c1' }).catch(() => undefined);
  }
});

t.test('a pod whose record was rebuilt is deleted and added again', async t => {
  for (const [netns, number] of [
    ['the same namespace', 7],
    ['another', 9],
  ] as const) {
    const pod = newPod(lab, number);
    const next = netns === 'another' ? { ...pod, netns: newPod(lab, number + 1).netns } : pod;
    t.equal(await call('ADD', pod), '');
    await killDaemon(node);
    for (const name of readdirSync(records)) rmSync(join(records, name));
    startDaemon(node);
    await waitForDaemon(node);
    t.equal(await call('DEL', pod), '');
    t.equal(await call('ADD', next), '', netns);
    t.equal(await call('DEL', next), '');
  }
});

t.test('on a full node, STATUS says that a pod can be added as soon as a DEL was answered', async t => {
  await replacePodCidr(lab, node, '10.244.9.0/29');
  const pods = Array.from({ length: ROOM }, (_, i) => newPod(lab, 20 + i));
  const [first] = pods;
  if (first === undefined) throw new Error('five pods');
  for (const pod of pods) t.equal(await call('ADD', pod), '');
  for (let round = 0; round < ROUNDS; round++) {
    t.match(await call('STATUS', first), /no address is left/);
    t.equal(await call('DEL', first), '');
    t.equal(await call('STATUS', first), '');
    t.equal(await call('ADD', first), '');
  }
  t.ok(await until(async () => (await askStatus(node.socket))?.ready === false));
});
