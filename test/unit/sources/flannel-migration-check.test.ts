// What heddlectl migrate flannel says of a cluster's Nodes: each thing that keeps one from moving is one sentence.
import t from 'tap';
import { checkFlannelCluster, type FlannelCluster } from '../../../loader/sources/flannel/migration-check.ts';

const PREFIX = 'flannel.alpha.coreos.com';
const CLUSTER: FlannelCluster = {
  prefix: PREFIX,
  networks: ['10.244.0.0/16', 'fd00:244::/56'],
  tunnel: { vni: 1, encapsulation: 'always' },
};

interface Texts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly podCIDRs?: readonly string[];
  readonly nodeInfo?: Readonly<Record<string, string>>;
}

/** As kubectl prints one of a cluster that kubeadm and kube-flannel have made. */
function node(name: string, number: number, { annotations = {}, podCIDRs, nodeInfo = {} }: Texts = {}) {
  const written = {
    'kube-subnet-manager': 'true',
    'backend-type': 'vxlan',
    'backend-data': `{"VNI":1,"VtepMAC":"02:00:00:00:00:0${number}"}`,
    'public-ip': `192.0.2.${number}`,
    ...annotations,
  };
  return {
    ...{ apiVersion: 'v1', kind: 'Node' },
    metadata: {
      name,
      annotations: Object.fromEntries(
        Object.entries(written).map(([key, text]) => [`${PREFIX}/${key}`, text]),
      ),
    },
    spec: { podCIDRs: podCIDRs ?? [`10.244.${number}.0/24`] },
    status: {
      addresses: [{ type: 'InternalIP', address: `192.0.2.${number}` }],
      nodeInfo: {
        ...{ kernelVersion: '6.12.48+deb13-amd64', kubeletVersion: 'v1.36.0', operatingSystem: 'linux' },
        ...nodeInfo,
      },
    },
  };
}

function check(...nodes: readonly object[]) {
  return checkFlannelCluster([{ kind: 'List', apiVersion: 'v1', items: nodes }], CLUSTER);
}

t.test('a cluster that can move, as a List, as documents, and of both families', t => {
  const good = { obstacles: [], steps: [] };
  t.strictSame(check(node('a', 1), node('b', 2)), good);
  t.strictSame(checkFlannelCluster([node('a', 1), node('b', 2)], CLUSTER), good);
  t.strictSame(check(node('a', 1, { podCIDRs: ['10.244.1.0/24', 'fd00:244:0:1::/64'] })), good);
  t.strictSame(check(node('a', 1, { nodeInfo: { kernelVersion: '6.1.0-39-amd64' } })), good);
  t.strictSame(checkFlannelCluster([node('a', 1)], { ...CLUSTER, networks: [] }), good);
  t.end();
});

for (const [what, nodes, obstacles] of [
  [
    'k3s',
    [node('a', 1, { nodeInfo: { kubeletVersion: 'v1.33.1+k3s1' } })],
    /^k3s runs flannel inside of its own process \(a\), so it cannot be replaced node by node/,
  ],
  ['Windows', [node('w', 1, { nodeInfo: { operatingSystem: 'windows' } })], /^node w runs windows: it stays/],
  [
    'an older kernel',
    [node('a', 1, { nodeInfo: { kernelVersion: '5.15.0-113-generic' } })],
    /^node a has Linux 5\.15\.0-113-generic: Heddle needs 6\.1 or newer/,
  ],
  [
    'the last before 6.1',
    [node('a', 1, { nodeInfo: { kernelVersion: '6.0.19' } })],
    /^node a has Linux 6\.0\.19/,
  ],
  ['no pod CIDR', [node('a', 1, { podCIDRs: [] })], /^node a has no spec\.podCIDRs/],
  [
    'a pod CIDR outside',
    [node('a', 1, { podCIDRs: ['10.99.1.0/24'] })],
    /^10\.99\.1\.0\/24 of node a is outside of flannel's 10\.244\.0\.0\/16/,
  ],
  [
    'a backend without a counterpart',
    [node('a', 1, { annotations: { 'backend-type': 'wireguard' } })],
    /^node a: it has flannel's backend wireguard/,
  ],
  [
    'one MAC twice',
    [
      node('a', 1),
      node('b', 2, { annotations: { 'backend-data': '{"VNI":1,"VtepMAC":"02:00:00:00:00:01"}' } }),
    ],
    /^nodes a and b have one VTEP MAC/,
  ],
  ['what is not a Node', [{ kind: 'Pod', metadata: { name: 'x' } }], /^a document is not a Node/],
] as const)
  t.test(`cannot move: ${what}`, t => {
    const found = check(...nodes);
    t.match(found.obstacles, [obstacles]);
    t.equal(found.obstacles.length, 1, found.obstacles.join('; '));
    t.end();
  });

t.test('flannel has used another address than InternalIP: which annotation says so', t => {
  t.strictSame(check(node('a', 1, { annotations: { 'public-ip': '198.51.100.1' } })).steps, [
    'flannel of node a uses 198.51.100.1: kubectl annotate node a heddle.dev/tunnel-address=198.51.100.1',
  ]);
  t.match(check(node('a', 1, { annotations: { 'public-ip-overwrite': '203.0.113.1' } })).steps, [
    /^node a is behind 203\.0\.113\.1 /,
  ]);
  t.end();
});
