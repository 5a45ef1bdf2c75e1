// A cluster moves from flannel node by node, and one node back: both kinds of nodes reach each other all the time, and pods
// that stay lose nothing. flannel's nodes are set up as its vxlan backend sets them up, and learn from the API server.
import '../../support/bpf/own-netns.ts';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import t, { type Test } from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { overlayMac } from '../../../loader/model/derived-macs.ts';
import { MixedLab } from '../../support/flannel/mixed-lab.ts';
import { MixedReach } from '../../support/flannel/mixed-reach.ts';
import { addressOf, type TestHost } from '../../support/lab.ts';
import { Probe } from '../../support/probe/probe.ts';
import { eachWay, failuresOf, type Attempt } from '../../support/reach.ts';
import { until } from '../../support/until.ts';

t.setTimeout(600_000);

const FAMILIES = ['ipv4', 'ipv6'] as const;
const STREAM_PORT = 7031;
const DATA = 'flannel.alpha.coreos.com/backend-data';

const lab = await MixedLab.open(t, 4);
for (const name of ['n1', 'n2', 'n3']) lab.join(name);
for (const name of ['n1', 'n2', 'n3']) lab.startFlannel(name);
const first = lab.addFlannelPod('n1');
const second = lab.addFlannelPod('n2', { role: 'n2' });
const third = lab.addFlannelPod('n3', { role: 'n3' });
const reach = new MixedReach(
  t,
  ['n1', 'n2', 'n3'].map(name => [name, lab.node(name).host]),
);
const { hosts } = reach;

function deviceNames(name: string): string[] {
  const { netns } = lab.node(name).plan;
  const links = JSON.parse(execFileSync('ip', ['-n', basename(netns), '-j', 'link']).toString()) as {
    readonly ifname: string;
  }[];
  return links.map(({ ifname }) => ifname);
}

const probe = new Probe();
t.teardown(() => probe.close());
const stays = [
  [second, third],
  [third, second],
  [lab.node('n3').host, second],
  [lab.node('n2').host, third],
] as const;
await reach.serveAnew(first, second, third, ...hosts.values());
await probe.serve(
  [second, third].flatMap(({ netns, addresses }) =>
    addresses.map(address => ({ netns, protocol: 'UDP' as const, address, port: STREAM_PORT })),
  ),
);

t.test('before: all nodes are of flannel', async t => {
  t.strictSame(await reach.failures([first, second, third]), []);
  for (const family of FAMILIES)
    for (const [from, to] of stays)
      probe.stream({
        ...{ netns: from.netns, protocol: 'UDP', port: STREAM_PORT, intervalMs: 10, expectsAnswers: true },
        ...{ from: addressOf(from, family), to: addressOf(to, family) },
      });
});

t.test(
  'a node that is not drained: everything that holds it up is named, and nothing is removed',
  async t => {
    lab.configure('n1');
    const refused = await lab.removeFlannel('n1');
    t.equal(refused.code, 1);
    t.match(refused.lines.join(), /cni0 has 1 interfaces of pods: drain the node first/);
    const planned = (await lab.removeFlannel('n1', '--dry-run')).lines;
    for (const line of [
      /^refused without --force: cni0 has 1/,
      /^cni0: would be removed \(the bridge of flannel's pods\)/,
      /^flannel\.1: would be removed \(flannel's VXLAN device, VNI 1, UDP port 8472\)/,
      /^flannel-v6\.1: would be removed/,
      /^nftables table ip flannel-ipv4: would be removed/,
      /10-flannel\.conflist: would be removed/,
      /subnet\.env: would be removed/,
      /networks\/cbr0: would be removed/,
    ])
      t.ok(
        planned.some(text => line.test(text)),
        `${line.source}: ${planned.join('; ')}`,
      );
    t.ok(['cni0', 'flannel.1', 'flannel-v6.1'].every(name => deviceNames('n1').includes(name)));
    t.strictSame(await reach.failures([first, second, third]), []);
  },
);

t.test('drained, flannel ended, its remains removed: nothing of it is left', async t => {
  await lab.removePod(first, 'flannel');
  lab.endFlannel('n1');
  const removed = await lab.removeFlannel('n1');
  t.equal(removed.code, 0, removed.lines.join('; '));
  t.equal(removed.lines.filter(line => line.includes(': removed (')).length, 7, removed.lines.join('; '));
  t.strictSame((await lab.removeFlannel('n1')).lines, ['nothing of flannel is left here']);
  t.notOk(deviceNames('n1').some(name => /flannel|cni0/.test(name)));
  const { netns } = lab.node('n1').plan;
  t.equal(execFileSync('nsenter', [`--net=${netns}`, 'nft', 'list', 'tables']).toString(), '');
  t.notOk(existsSync(lab.node('n1').subnetFile));
  t.strictSame(readdirSync(lab.node('n1').confDir), []);
  t.strictSame(readdirSync(lab.node('n1').hostLocalDir), []);
});

t.test("Heddle takes the node over, and flannel's nodes find it", async t => {
  await lab.startHeddle('n1');
  t.ok(
    await until(() => lab.annotations('n1')[DATA]?.includes(overlayMac('n1')) === true),
    'its VTEP is there',
  );
  t.match(lab.annotations('n1'), {
    'flannel.alpha.coreos.com/public-ip': lab.node('n1').plan.addresses[0],
    'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
  });
  hosts.set('n1', lab.heddleHost('n1'));
  const moved = await lab.addHeddlePod('n1', { role: 'n1' });
  await reach.serveAnew(moved, lab.heddleHost('n1'));
  t.strictSame(await reach.failures([moved, second, third]), [], 'pods and nodes, both ways');
  await policyHolds(t, moved);
  await lab.removePod(moved, 'heddle');
});

/** At the pod that has moved, by labels of pods that have not, and by the address of a node that has not. */
async function policyHolds(t: Test, moved: TestHost): Promise<void> {
  const policy = (from: readonly object[]) => ({
    kind: 'NetworkPolicy',
    metadata: { name: 'who', namespace: 'lab' },
    spec: {
      podSelector: { matchLabels: { app: moved.name } },
      policyTypes: ['Ingress'],
      ingress: [{ from }],
    },
  });
  const to = (from: TestHost): Attempt[] =>
    eachWay(from, moved, FAMILIES).filter(({ protocol }) => protocol === 'tcp'); // silence is waited out
  const refusedFrom = async (from: TestHost): Promise<boolean> =>
    (await failuresOf(to(from), 1_000)).length === to(from).length;
  lab.server.collections.put(policy([{ podSelector: { matchLabels: { role: 'n2' } } }]));
  t.ok(await until(() => refusedFrom(third)), 'a pod of flannel without the label');
  t.strictSame(await failuresOf(to(second)), [], 'a pod of flannel with the label');
  const host = lab.node('n3').host;
  t.ok(await refusedFrom(host), "a node of flannel, whose packets come from its VTEP's address");
  const addresses = lab.node('n3').plan.addresses.map(each => `${each}/${each.includes(':') ? 128 : 32}`);
  lab.server.collections.put(policy(addresses.map(cidr => ({ ipBlock: { cidr } }))));
  t.ok(
    await until(async () => (await failuresOf(to(host), 1_000)).length === 0),
    'a node is one peer: its InternalIP in a policy is its VTEP, too',
  );
  lab.server.collections.remove(policy([]));
  t.ok(await until(async () => (await failuresOf(to(third), 1_000)).length === 0), 'without the policy');
}

/** The first address of n4 that a pod would get. */
const GIVEN = '10.244.4.2';

async function problemsOf(name: string): Promise<string> {
  return String((await askStatus(lab.node(name).plan.socket))?.problems);
}

t.test('a node that joins meanwhile, with Heddle from its first day', async t => {
  lab.join('n4');
  lab.node('n4').reserve(GIVEN);
  hosts.set('n4', lab.heddleHost('n4'));
  await lab.startHeddle('n4');
  t.ok(
    await until(() => lab.annotations('n4')[DATA]?.includes(overlayMac('n4')) === true),
    'it is announced',
  );
  const [old, young] = [await lab.addHeddlePod('n1'), await lab.addHeddlePod('n4')];
  t.notOk(young.addresses.includes(GIVEN), 'what host-local has given is given to no pod');
  t.match(
    await problemsOf('n4'),
    /no pod gets 10\.244\.4\.2: host-local has given it to another network's pods/,
  );
  await reach.serveAnew(old, young, lab.heddleHost('n1'), lab.heddleHost('n4'));
  t.strictSame(await reach.failures([old, young, second, third]), []);
  await lab.removePod(young, 'heddle');
  await lab.removePod(old, 'heddle');
});

t.test('rolled back: the node is of flannel again, and what Heddle said on its Node is gone', async t => {
  await lab.stopHeddle('n1');
  const cleaned = await lab.heddlectl('n1', 'cleanup');
  t.equal(cleaned.code, 0, cleaned.lines.join('; '));
  t.notOk(
    Object.keys(lab.annotations('n1')).some(name => name.startsWith('flannel')),
    cleaned.lines.join('; '),
  );
  t.notOk(deviceNames('n1').includes('heddle0'));
  lab.startFlannel('n1');
  hosts.set('n1', lab.node('n1').host);
  const [back, young] = [lab.addFlannelPod('n1'), await lab.addHeddlePod('n4')];
  await reach.serveAnew(back, young, lab.node('n1').host, lab.heddleHost('n4'));
  t.ok(
    await until(async () => (await failuresOf(eachWay(young, back, FAMILIES), 1_000)).length === 0),
    'Heddle knows of it',
  );
  t.strictSame(await reach.failures([back, young, second, third]), []);
  await lab.removePod(young, 'heddle');
});

t.test('pods and nodes that stayed have lost nothing, all the time', async t => {
  const reports = await probe.drain();
  t.equal(reports.length, stays.length * FAMILIES.length);
  for (const { sent, answered, broken } of reports) {
    t.ok(sent > 500, `${sent} datagrams`);
    t.equal(answered, sent);
    t.equal(broken, 0);
  }
});
