// What a node takes in from its own pods, whatever address they ask for: ClusterNetworkPolicy holds, NetworkPolicy never cuts it.
import t from 'tap';
import { nodeNamed } from '../../../lab/lab.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../support/lab.ts';
import { podsNamed, removeObject, writeClusterPolicy, writePolicy } from '../../support/lab-policy.ts';
import { manifestsRead } from '../../support/manifests-read.ts';
import { Probe, type ProbeQuestion } from '../../support/probe/probe.ts';
import { eventually } from '../../support/until.ts';

t.setTimeout(240_000);

const PORT = 8080;
const TIMEOUT_MS = 1_000;
const PROTOCOLS = ['TCP', 'UDP'] as const;

const lab = await testLab(t, { families: 'ipv4' });
const n1 = nodeNamed(lab, 'n1');
const [client, beside] = [podNamed(lab, 'n1-p1'), podNamed(lab, 'n1-p2')];
const own = addressOf(n1, 'ipv4');

/** Addresses that no Node object names, and two that DNAT turns into others. */
const VIP = '203.0.113.77';
const LINK_LOCAL = '169.254.20.10';
const BRIDGE = '172.17.0.1';
const METADATA = '169.254.169.254';
const ITSELF = '172.20.0.9';

await mustExec(
  n1,
  'sh',
  '-c',
  `
  ip link set lo up; ip address add ${LINK_LOCAL}/32 dev lo; ip address add ${VIP}/32 dev lo
  ip link add docker9 type bridge; ip address add ${BRIDGE}/16 dev docker9; ip link set docker9 up
  nft 'table ip local {
    chain in { type nat hook prerouting priority dstnat;
      ip daddr ${METADATA} dnat to ${own}
      ip daddr ${ITSELF} dnat to ${addressOf(client, 'ipv4')}; }
    chain seen { type nat hook input priority 100; ip daddr ${own} ct original ip daddr ${METADATA} snat to ${own}; }
    chain out { type nat hook postrouting priority srcnat; ct original ip daddr ${ITSELF} masquerade; }
  }'`,
);

const probe = new Probe();
t.teardown(() => probe.close());
await probe.serve([
  ...[own, addressOf(client, 'ipv4')].flatMap((address, i) =>
    PROTOCOLS.map(protocol => ({ netns: i === 0 ? n1.netns : client.netns, protocol, address, port: PORT })),
  ),
  ...[VIP, LINK_LOCAL, BRIDGE].flatMap(address =>
    PROTOCOLS.map(protocol => ({ netns: n1.netns, protocol, address, port: PORT })),
  ),
]);

const NODE = { own, VIP, LINK_LOCAL, BRIDGE, METADATA } as const;
const ALL = { ...NODE, ITSELF } as const;
type Name = keyof typeof ALL;

/** What a policy may leave as it is, it must have had the time to change. */
async function reached(from = client): Promise<readonly string[]> {
  await manifestsRead(lab, n1);
  const names = Object.keys(ALL) as Name[];
  const questions = names.flatMap(name =>
    PROTOCOLS.map((protocol): ProbeQuestion => ({
      ...{ netns: from.netns, protocol, from: addressOf(from, 'ipv4'), to: ALL[name], port: PORT },
    })),
  );
  const answers = await probe.ask(questions, TIMEOUT_MS);
  return names.flatMap((name, i) => {
    const answered = answers.slice(2 * i, 2 * i + 2).filter(each => each.answered).length;
    return answered === 0 ? [] : [answered === 2 ? name : `${name}: one of two protocols`];
  });
}

interface Rule {
  readonly action: 'Accept' | 'Deny';
  readonly to: readonly object[];
}

function clusterPolicy(...rules: readonly Rule[]): void {
  writeClusterPolicy(lab, 'local', {
    ...{ tier: 'Admin', priority: 10, subject: { namespaces: {} } },
    egress: rules.map((rule, i) => ({ name: `r${i}`, ...rule })),
  });
}

const deny = (...to: readonly object[]): Rule => ({ action: 'Deny', to });
const accept = (...to: readonly object[]): Rule => ({ action: 'Accept', to });
const networks = (...prefixes: readonly string[]): object => ({ networks: prefixes });

t.test('without policy everything is reached, the pod itself by its own Service too', async t => {
  t.strictSame(await eventually(reached, Object.keys(ALL)), Object.keys(ALL));
});

t.test('an Admin-tier Deny of networks holds for each address, also behind DNAT', async t => {
  clusterPolicy(deny(networks(`${VIP}/32`, '169.254.20.0/24', '172.16.0.0/12')));
  t.strictSame(await eventually(reached, ['own', 'METADATA', 'ITSELF']), ['own', 'METADATA', 'ITSELF']);
  clusterPolicy(deny(networks(`${own}/32`)));
  const ofNode = async (): Promise<string[]> =>
    (await reached()).filter(name => name === 'own' || name === 'METADATA');
  t.strictSame(await eventually(ofNode, []), []);
});

t.test('an Admin-tier Deny of nodes holds for every address of the node', async t => {
  clusterPolicy(deny({ nodes: {} }));
  t.strictSame(await eventually(reached, ['ITSELF']), ['ITSELF']);
  t.strictSame(await eventually(() => reached(beside), ['ITSELF']), ['ITSELF'], 'for another pod too');
});

t.test('the first rule decides, whichever of the two kinds it is', async t => {
  clusterPolicy(accept(networks(`${LINK_LOCAL}/32`)), deny({ nodes: {} }, networks('0.0.0.0/0')));
  const first = async (): Promise<string | undefined> => (await reached())[0];
  t.equal(await eventually(first, 'LINK_LOCAL'), 'LINK_LOCAL');
  clusterPolicy(deny({ nodes: {} }), accept(networks(`${LINK_LOCAL}/32`)));
  t.strictSame(await eventually(reached, ['ITSELF']), ['ITSELF']);
});

t.test('NetworkPolicy cuts a pod neither from its node nor from itself', async t => {
  removeObject(lab, 'local');
  writePolicy(lab, 'isolated', {
    podSelector: podsNamed(client.name),
    policyTypes: ['Egress', 'Ingress'],
  });
  t.strictSame(await eventually(reached, Object.keys(ALL)), Object.keys(ALL));
});

t.test('a ClusterNetworkPolicy cuts a pod from itself by its Service', async t => {
  clusterPolicy(deny({ pods: { namespaceSelector: {}, podSelector: podsNamed(client.name) } }));
  t.strictSame(await eventually(reached, Object.keys(NODE)), Object.keys(NODE));
  removeObject(lab, 'isolated');
  t.strictSame(await eventually(reached, Object.keys(NODE)), Object.keys(NODE));
});

t.test('a Deny cuts what is open already, and an open connection lives when it goes', async t => {
  clusterPolicy(deny({ nodes: {} }));
  const butItself = async (): Promise<string[]> => (await reached()).filter(name => name !== 'ITSELF');
  t.strictSame(await eventually(butItself, []), []);
  removeObject(lab, 'local');
  t.strictSame(await eventually(reached, Object.keys(ALL)), Object.keys(ALL));
});
