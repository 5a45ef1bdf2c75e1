// Debian's containerd and runc with Heddle's network, chained with Debian's plugins: a pod's sandbox from its first packet
// to its last trace.
import t from 'tap';
import { killDaemon, startDaemon, waitForDaemon } from '../../../lab/daemon.ts';
import { nodeNamed, type Lab } from '../../../lab/lab.ts';
import { removePod, writePod } from '../../../lab/manifests.ts';
import { planPod, type NodePlan, type PodPlan } from '../../../lab/plan.ts';
import { startContainerd, type Containerd } from '../../support/containerd/containerd.ts';
import type { Sandbox } from '../../support/containerd/cri-client.ts';
import { countersOf } from '../../support/counters.ts';
import { iperfMbits, startIperf } from '../../support/iperf.ts';
import { addressOf, mustExec, podNamed, testLab, type TestHost } from '../../support/lab.ts';
import { podsNamed, removeObject, writePolicy } from '../../support/lab-policy.ts';
import { eachWay, failuresOf, serveAll } from '../../support/reach.ts';
import { breakPlugin } from '../../support/runtimes/cni-folders.ts';
import { changedTraces, labTraces, whatStays } from '../../support/runtimes/lab-traces.ts';
import { containerTraces, runtimeHome, type RuntimeHome } from '../../support/runtimes/runtime-home.ts';
import { ask, ping, pingedUntil } from '../../support/traffic.ts';

t.setTimeout(600_000);

const FAMILIES = ['ipv4', 'ipv6'] as const;
const PROTOCOLS = ['tcp', 'udp'] as const;
const HOST_PORT = 8080;
const POD_PORT = 7007;
const PORTS = (['TCP', 'UDP'] as const).map(protocol => ({
  protocol,
  containerPort: POD_PORT,
  hostPort: HOST_PORT,
}));
/** Bits a second that the pod may receive, and send: far below what any machine carries. */
const LIMIT = 20_000_000;
const BANDWIDTH = {
  'kubernetes.io/ingress-bandwidth': `${LIMIT}`,
  'kubernetes.io/egress-bandwidth': `${LIMIT}`,
};
/** A burst and TCP's start are allowed on top. */
const MARGIN = 2;
/** As a kubelet starts them on a node that has just come up. */
const AT_ONCE = 8;
/** Containerd asks for a burst of 512 MiB, as the kubelet did: measurements until that is used up. */
const MAX_BURSTS = 20;

interface Test {
  teardown(clean: () => void | Promise<void>): void;
}

/** Of one lab, with containerd on node n1: who is asked, and what is looked at. */
interface Stage {
  readonly lab: Lab;
  readonly node: NodePlan;
  readonly home: RuntimeHome;
  readonly containerd: Containerd;
  /** What the nodes held before. */
  readonly before: readonly string[];
}

async function runSandbox(
  { lab, home, containerd }: Omit<Stage, 'before'>,
  pod: PodPlan,
  annotations: Readonly<Record<string, string>> = {},
): Promise<Sandbox> {
  writePod(lab, pod);
  const { cgroupParent } = home;
  return containerd.cri.runSandbox({ pod, cgroupParent, portMappings: PORTS, annotations });
}

async function endSandbox({ lab, containerd }: Omit<Stage, 'before'>, pod: PodPlan, id: string) {
  await containerd.cri.stopSandbox(id);
  await containerd.cri.removeSandbox(id);
  removePod(lab, pod);
}

/** Portmap and firewall leave their own empty chains behind a node's first pod: it comes before all that is compared. */
async function stage(t: Test): Promise<Stage> {
  const lab = await testLab(t, { podsPerNode: 1, config: { podWaitMs: 500 } });
  const node = nodeNamed(lab, 'n1');
  const home = runtimeHome(t, lab.options.name);
  const containerd = await startContainerd(t, home, node);
  const made = { lab, node, home, containerd };
  const first = planPod(lab.options, 'n1', 8);
  await endSandbox(made, first, (await runSandbox(made, first)).id);
  return { ...made, before: await labTraces(lab) };
}

function leftovers({ lab, home, containerd, before }: Stage): Promise<string[]> {
  return whatStays(async () => [
    ...(await changedTraces(lab, before)),
    ...containerTraces(home, containerd.process),
  ]);
}

/** Packets so far, at whichever hook. */
async function deniedOn(lab: Lab, name: string): Promise<number> {
  const counters = [...(await countersOf(lab, name))];
  return counters
    .filter(([counter]) => counter.endsWith(' DROP_POLICY_INGRESS'))
    .reduce((sum, [, packets]) => sum + packets, 0);
}

/** Of iptables, as iptables-save prints them. */
async function rulesNaming(node: NodePlan, address: string): Promise<string[]> {
  const save = address.includes(':') ? 'ip6tables-save' : 'iptables-save';
  return (await mustExec(node, save)).split('\n').filter(rule => rule.includes(address));
}

t.test("a pod in a sandbox of containerd's", async t => {
  const all = await stage(t);
  const { lab, node, home, containerd, before } = all;
  const [other, peer] = [nodeNamed(lab, 'n2'), podNamed(lab, 'n2-p1')];
  t.strictSame(await leftovers(all), [], 'nothing is left of the one before');

  const pod = planPod(lab.options, 'n1', 9);
  const sandbox = await runSandbox(all, pod, BANDWIDTH);
  const self: TestHost = { name: pod.name, netns: sandbox.netns, addresses: sandbox.addresses };

  await t.test("has one address of each of its node's pod CIDRs, and they are there", async t => {
    t.equal(sandbox.addresses.length, 2);
    t.match(addressOf(self, 'ipv4'), /^10\.244\.1\.\d+$/);
    t.match(addressOf(self, 'ipv6'), /^fd00:244:0:1::/);
    const shown = await mustExec(self, 'ip', 'address', 'show', 'dev', 'eth0');
    for (const address of self.addresses) t.match(shown, `${address}/`);
    t.match(await mustExec(self, 'ip', 'link', 'show', 'dev', 'lo'), /,UP/, 'loopback is up');
  });

  await t.test('speaks with a pod of another node, either asking', async t => {
    await serveAll(t, [self, peer]);
    const attempts = [...eachWay(self, peer, FAMILIES), ...eachWay(peer, self, FAMILIES)];
    t.strictSame(await failuresOf(attempts), []);
  });

  await t.test('is denied what a NetworkPolicy denies', async t => {
    writePolicy(lab, 'deny', { podSelector: podsNamed(pod.name), policyTypes: ['Ingress'] });
    for (const family of FAMILIES) {
      const to = addressOf(self, family);
      t.ok(await pingedUntil(false, peer.netns, to), `${to} answers no more`);
      const counted = await deniedOn(lab, 'n1');
      await ping(peer.netns, to);
      t.ok((await deniedOn(lab, 'n1')) > counted, 'by policy');
      t.ok(await ping(self.netns, addressOf(peer, family)), 'it may still ask');
    }
    removeObject(lab, 'deny');
    for (const family of FAMILIES) t.ok(await pingedUntil(true, peer.netns, addressOf(self, family)));
  });

  await t.test("answers at its node's port, through portmap", async t => {
    await serveAll(t, [self]);
    for (const { netns } of [other, peer, lab.outside])
      for (const family of FAMILIES)
        for (const protocol of PROTOCOLS) {
          const to = addressOf(node, family);
          const seen = await ask(netns, { protocol, to, port: HOST_PORT });
          t.ok(seen, `${netns} asks ${to} over ${protocol}`);
        }
  });

  await t.test('receives no more than its annotation allows, through bandwidth', async t => {
    const queues = await mustExec(node, 'tc', 'qdisc');
    for (const device of ['hd', 'bwp'])
      t.match(queues, new RegExp(`qdisc tbf .* dev ${device}\\w+ .* rate 20Mbit`));
    const rates: number[] = [];
    while (rates.length < MAX_BURSTS && !(Number(rates.at(-1)) < (LIMIT / 1e6) * MARGIN)) {
      await startIperf(t, self.netns);
      rates.push(await iperfMbits(peer.netns, addressOf(self, 'ipv4')));
    }
    const last = Number(rates.at(-1));
    t.ok(last > 1 && last < (LIMIT / 1e6) * MARGIN, `limit ${LIMIT / 1e6}, measured ${rates.join(', ')}`);
  });

  await t.test('is let through by firewall', async t => {
    for (const address of self.addresses)
      t.match((await rulesNaming(node, address)).join('\n'), /-A CNI-FORWARD .*-j ACCEPT/, address);
  });

  await t.test('leaves nothing when it is stopped and removed', async t => {
    t.notSame(await changedTraces(lab, before), [], 'until then it can be seen');
    t.notSame(containerTraces(home, containerd.process), []);
    await endSandbox(all, pod, sandbox.id);
    t.strictSame(await leftovers(all), []);
    for (const address of self.addresses) t.strictSame(await rulesNaming(node, address), []);
    const nobody = {
      protocol: 'tcp',
      to: addressOf(node, 'ipv4'),
      port: HOST_PORT,
      timeoutMs: 1_500,
    } as const;
    t.notOk(await ask(other.netns, nobody));
  });

  await t.test('does not come up when nobody knows the pod, and leaves nothing', async t => {
    const unknown = planPod(lab.options, 'n1', 10);
    const { cgroupParent } = home;
    const message = /object of pod lab\/n1-p10/;
    await t.rejects(containerd.cri.runSandbox({ pod: unknown, cgroupParent }), { message });
    t.strictSame(await leftovers(all), []);
  });

  await t.test('does not come up when a later plugin of the chain refuses, and leaves nothing', async t => {
    const mend = breakPlugin(containerd.cni, 'firewall');
    const refused = planPod(lab.options, 'n1', 12);
    await t.rejects(runSandbox(all, refused, BANDWIDTH), { message: /broken on purpose/ });
    mend();
    removePod(lab, refused);
    t.strictSame(await leftovers(all), []);
  });

  await t.test('is one of many that come and go at once', async t => {
    const pods = Array.from({ length: AT_ONCE }, (_, i) => planPod(lab.options, 'n1', 20 + i));
    for (const one of pods) writePod(lab, one);
    const { cgroupParent } = home;
    const many = await Promise.all(pods.map(one => containerd.cri.runSandbox({ pod: one, cgroupParent })));
    const addresses = many.flatMap(one => one.addresses);
    t.equal(new Set(addresses).size, AT_ONCE * FAMILIES.length, 'each has addresses of its own');
    const answered = await Promise.all(addresses.map(address => pingedUntil(true, peer.netns, address)));
    t.strictSame(
      addresses.filter((_, i) => answered[i] !== true),
      [],
      'all answer',
    );
    await Promise.all(pods.map((one, i) => endSandbox(all, one, many[i]?.id ?? '')));
    t.strictSame(await leftovers(all), []);
  });

  await t.test('that is stopped while the daemon is away leaves nothing once it is back', async t => {
    const late = planPod(lab.options, 'n1', 11);
    const { id } = await runSandbox(all, late);
    await killDaemon(node);
    await endSandbox(all, late, id); // the plugin keeps the delete
    startDaemon(node);
    await waitForDaemon(node);
    t.strictSame(await leftovers(all), []);
  });
});
