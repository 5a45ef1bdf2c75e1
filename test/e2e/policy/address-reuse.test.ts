// No pod inherits a flow: a pod that gets another one's address is checked as itself, whatever was open before.
import { uptime } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAddr } from 'ip';
import t from 'tap';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { addNetns, removeNetns } from '../../../lab/iproute.ts';
import { nodeNamed, type LabPod } from '../../../lab/lab.ts';
import { writePod } from '../../../lab/manifests.ts';
import { planPod } from '../../../lab/plan.ts';
import { deletePod } from '../../../lab/pods.ts';
import type { CtEntry, Flow } from '../../../loader/abi/abi.gen.ts';
import { PROTOCOL } from '../../../loader/abi/protocol.ts';
import { openPinnedMaps } from '../../../loader/programs/pinned-maps.ts';
import { callCni } from '../../support/cni-call.ts';
import { listen } from '../../support/datagram-listener.ts';
import { addressOf, addTestPod, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { BLANK_CONNTRACK } from '../../support/blank-conntrack.ts';
import { podsNamed, removeObject, writeObject, writePolicy } from '../../support/lab-policy.ts';
import { manifestsRead } from '../../support/manifests-read.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const PORT = 7200;
const SOURCE_PORT = 7201;

const lab = await testLab(t, { podsPerNode: 1, config: { ipam: { reuseDelaySeconds: 0 } } });
const node = nodeNamed(lab, 'n2');
const [far, near] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n2-p1')];

/** One datagram, always from the same port: the same flow each time. */
function say(from: LabPod, address: string, text: string): Promise<string> {
  const script = `
    const socket = require('node:dgram').createSocket('udp4');
    socket.bind(${SOURCE_PORT}, () => socket.send('${text}', ${PORT}, '${address}', () => socket.close()));`;
  return mustExec(from, process.execPath, '-e', script);
}

/** A pod with the addresses of another that is gone. */
async function addWithAddresses(number: number, addresses: readonly string[]): Promise<LabPod> {
  const plan = planPod(lab.options, 'n2', number);
  writePod(lab, plan);
  addNetns(plan.netns);
  t.teardown(() => removeNetns(plan.netns));
  const wanted = { capabilities: { ips: true }, runtimeConfig: { ips: addresses } };
  const run = await callCni('ADD', node, plan, { config: wanted });
  t.equal(run.exitCode, 0, run.stdout);
  return { ...plan, addresses };
}

function flowsOf(address: string, name = 'n2'): number {
  const maps = openPinnedMaps(nodeNamed(lab, name).pinRoot);
  try {
    return [...maps.hd_ct.entries(), ...maps.hd_ct_unassured.entries()].filter(
      ([key]) => key.source === address || key.destination === address,
    ).length;
  } finally {
    for (const map of Object.values(maps)) map[Symbol.dispose]();
  }
}

for (const [i, pauseMs] of [0, 5, 300].entries())
  t.test(`the address is given again ${pauseMs} ms after it was taken away`, async t => {
    const [first, second] = [200 + 10 * i, 201 + 10 * i];
    const old = await addTestPod(lab, 'n2', first);
    const address = addressOf(old, 'ipv4');
    const oldEar = await listen(t, old.netns, PORT);
    for (const party of [far, near]) {
      await say(party, address, `to the old one from ${party.name}`);
      t.ok(await oldEar.hears(`to the old one from ${party.name}`));
    }
    t.equal(flowsOf(address), 2, 'both flows are known');
    const successor = planPod(lab.options, 'n2', second);
    writePolicy(lab, `closed-${second}`, {
      podSelector: podsNamed(successor.name),
      policyTypes: ['Ingress'],
    });
    await manifestsRead(lab, node);
    await deletePod(lab, old);
    // Those who do not know go on trying.
    const trying = [say(far, address, 'late'), say(near, address, 'late')];
    await sleep(pauseMs);
    const pod = await addWithAddresses(second, old.addresses);
    await Promise.all(trying);
    const ear = await listen(t, pod.netns, PORT);
    for (const party of [far, near]) await say(party, address, 'to the new one');
    removeObject(lab, `closed-${second}`);
    await manifestsRead(lab, node);
    for (const party of [far, near]) {
      await say(party, address, `open to ${party.name}`);
      t.ok(await ear.hears(`open to ${party.name}`));
    }
    t.strictSame(
      [...ear.heard],
      [far, near].map(({ name }) => `open to ${name}`),
      'isolated, it heard nobody',
    );
    const gone = await callCni('DEL', node, pod);
    t.equal(gone.exitCode, 0);
    t.ok(await until(() => flowsOf(address) === 0), 'and nothing of it is left');
  });

t.test('a flow to an address that nobody had is evaluated again when a pod has it', async t => {
  const old = await addTestPod(lab, 'n2', 250);
  const address = addressOf(old, 'ipv4');
  await deletePod(lab, old);
  const successor = planPod(lab.options, 'n2', 251);
  writeObject(lab, 'no-talk', {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: 'no-talk' },
    spec: {
      ...{ tier: 'Admin', priority: 1 },
      subject: { pods: { namespaceSelector: {}, podSelector: podsNamed(near.name) } },
      egress: [
        { action: 'Deny', to: [{ pods: { namespaceSelector: {}, podSelector: podsNamed(successor.name) } }] },
      ],
    },
  });
  await manifestsRead(lab, node);
  await say(near, address, 'is anybody there');
  t.equal(flowsOf(address), 1, 'admitted: nobody is there');
  const pod = await addWithAddresses(251, old.addresses);
  const ear = await listen(t, pod.netns, PORT);
  await say(near, address, 'forbidden');
  await say(far, address, 'welcome');
  t.ok(await ear.hears('welcome'));
  t.strictSame([...ear.heard], ['welcome']);
});

t.test('other nodes forget the flows of a pod that is gone', async t => {
  const pod = await addTestPod(lab, 'n2', 240);
  const address = addressOf(pod, 'ipv4');
  const ear = await listen(t, pod.netns, PORT);
  await say(far, address, 'hello');
  t.ok(await ear.hears('hello'));
  t.equal(flowsOf(address, 'n1'), 1);
  await deletePod(lab, pod);
  t.ok(await until(() => flowsOf(address, 'n1') === 0), 'nobody can pass for it');
});

t.test('a start forgets flows of addresses that nobody holds, and no others', async t => {
  await killDaemon(node);
  const [held, free] = [addressOf(near, 'ipv4'), '10.244.2.222'];
  const maps = openPinnedMaps(node.pinRoot);
  for (const address of [held, free]) maps.hd_ct_unassured.set(...unansweredFlow(address));
  for (const map of Object.values(maps)) map[Symbol.dispose]();
  t.equal(flowsOf(free), 1);
  const others = flowsOf(held);
  startDaemon(node);
  await waitForDaemon(node);
  t.equal(flowsOf(free), 0);
  t.equal(flowsOf(held), others);
});

/** With somebody outside. */
function unansweredFlow(address: string): [Flow, CtEntry] {
  const ends = { source: parseAddr(address), destination: parseAddr('203.0.113.1') };
  const now = BigInt(Math.floor(uptime() * 1e9));
  return [
    { vni: 1, protocol: PROTOCOL.udp, ...ends, sourcePort: 1, destinationPort: 2 },
    { ...BLANK_CONNTRACK, seenNs: now, createdNs: now },
  ];
}
