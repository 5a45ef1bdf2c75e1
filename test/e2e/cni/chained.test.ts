// Chained with Debian's plugins, as administrators chain them: what they set holds, CHECK agrees, and DEL takes it all back.
import t, { type Test } from 'tap';
import { addNetns } from '../../../lab/iproute.ts';
import { nodeNamed, type Lab } from '../../../lab/lab.ts';
import { writePod } from '../../../lab/manifests.ts';
import { planPod, type PodPlan } from '../../../lab/plan.ts';
import { callCni, errorOf } from '../../support/cni-call.ts';
import { runChain, type ChainedPlugin } from '../../support/cni-chain.ts';
import { mustExec, podNamed, testLab } from '../../support/lab.ts';
import { ping } from '../../support/traffic.ts';

interface Result {
  readonly interfaces: readonly { readonly name: string; readonly mac: string; readonly sandbox?: string }[];
  readonly ips: readonly { readonly address: string }[];
}

function newPod(lab: Lab, number: number): PodPlan {
  const pod = planPod(lab.options, 'n1', number);
  writePod(lab, pod);
  addNetns(pod.netns);
  return pod;
}

const lab = await testLab(t, { nodes: 1, podsPerNode: 1 });
const node = nodeNamed(lab, 'n1');
const peer = podNamed(lab, 'n1-p1');
/** Where tuning keeps what it changes. */
const dataDir = node.stateDir;

async function assertReached(t: Test, result: unknown): Promise<void> {
  for (const { address } of (result as Result).ips)
    t.ok(await ping(peer.netns, address.replace(/\/.*/, '')), `${address} answers`);
}

const CHAINS: Readonly<
  Record<string, { plugin: ChainedPlugin; shows: (pod: PodPlan) => Promise<string>; set: RegExp }>
> = {
  'tuning sets sysctls of the pod': {
    plugin: {
      type: 'tuning',
      config: { dataDir, sysctl: { 'net.core.somaxconn': '500', 'net.ipv4.conf.IFNAME.arp_filter': '1' } },
    },
    shows: pod => mustExec(pod, 'sysctl', '-n', 'net.core.somaxconn', 'net.ipv4.conf.eth0.arp_filter'),
    set: /^500\n1\n$/,
  },
  'tuning lowers the MTU': {
    plugin: { type: 'tuning', config: { mtu: 1_300, dataDir } },
    shows: pod => mustExec(pod, 'ip', 'link', 'show', 'eth0'),
    set: /mtu 1300/,
  },
  'sbr routes by source': {
    plugin: { type: 'sbr', config: {} },
    shows: pod => mustExec(pod, 'ip', 'rule'),
    set: /from 10\.244\.1\.\d+ lookup 100/,
  },
};

for (const [number, [what, { plugin, shows, set }]] of Object.entries(CHAINS).entries())
  t.test(what, async t => {
    const pod = newPod(lab, 10 + number);
    const result = await runChain('ADD', node, pod, [plugin]);
    t.match(await shows(pod), set);
    await assertReached(t, result);
    await t.resolves(
      runChain('CHECK', node, pod, [], result),
      'CHECK allows for what a later plugin has changed',
    );
    await runChain('DEL', node, pod, [plugin], result);
    t.notMatch(await mustExec(pod, 'ip', 'link'), /eth0/);
  });

t.test('the mac capability gives the MAC that was asked for', async t => {
  const pod = newPod(lab, 20);
  const mac = 'c2:b0:57:49:47:f1';
  const run = await callCni('ADD', node, pod, { config: { runtimeConfig: { mac } } });
  const result = JSON.parse(run.stdout) as Result;
  t.equal(result.interfaces.find(({ sandbox }) => sandbox !== undefined)?.mac, mac);
  t.match(await mustExec(pod, 'ip', 'link', 'show', 'eth0'), mac);
  await assertReached(t, result);
  t.equal((await callCni('CHECK', node, pod, { config: { prevResult: result } })).exitCode, 0);
  t.equal((await callCni('DEL', node, pod)).exitCode, 0);
});

t.test('a second interface of one pod is refused with a way out, and the first goes on', async t => {
  const pod = newPod(lab, 21);
  const first = await callCni('ADD', node, pod);
  const second = await callCni('ADD', node, pod, { env: { CNI_IFNAME: 'net1' }, config: { name: 'other' } });
  t.match(errorOf(second), {
    code: 7,
    msg: /has eth0 from Heddle, .*: make net1 with another plugin, such as macvlan, ipvlan or bridge/,
  });
  t.notMatch(await mustExec(pod, 'ip', 'link'), /net1/);
  await assertReached(t, JSON.parse(first.stdout));
  for (const CNI_IFNAME of ['net1', 'eth0'])
    t.equal((await callCni('DEL', node, pod, { env: { CNI_IFNAME } })).exitCode, 0, CNI_IFNAME);
});

t.test("another network's default route stays", async t => {
  const pod = newPod(lab, 22);
  for (const command of [
    'link add other type bridge',
    'address add 192.0.2.2/24 dev other',
    'link set other up',
  ])
    await mustExec(pod, 'ip', ...command.split(' '));
  await mustExec(pod, 'ip', 'route', 'add', 'default', 'via', '192.0.2.1');
  const run = await callCni('ADD', node, pod, { env: { CNI_IFNAME: 'net1' } });
  t.equal(run.exitCode, 0, run.stdout);
  t.match(await mustExec(pod, 'ip', 'route', 'show', 'default'), /via 192\.0\.2\.1 dev other/);
  t.equal((await callCni('DEL', node, pod, { env: { CNI_IFNAME: 'net1' } })).exitCode, 0);
});

t.test('a pod and a namespace of the longest names get their network', async t => {
  const pod = { ...planPod(lab.options, 'n1', 23), namespace: 'n'.repeat(63), name: `p${'.p'.repeat(126)}` };
  writePod(lab, pod);
  addNetns(pod.netns);
  const run = await callCni('ADD', node, pod);
  t.equal(run.exitCode, 0, run.stdout);
  await assertReached(t, JSON.parse(run.stdout));
  t.equal((await callCni('DEL', node, pod)).exitCode, 0);
});
