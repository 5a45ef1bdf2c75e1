import t from 'tap';
import { nodesOf } from '../../conformance/nodes.ts';
import type { World } from '../../support/policy/world.ts';

const pod = (name: string, node: string, ips: readonly string[], hostNetwork = false) => ({
  namespace: 'x',
  name,
  labels: {},
  ips,
  node,
  ports: [],
  hostNetwork,
});
const world = (given: Partial<World>): World => ({
  namespaces: [{ name: 'x', labels: {} }],
  pods: [],
  externals: [],
  nodes: [],
  policies: [],
  ...given,
});

t.test('nodes are invented for pods, with pod CIDRs that hold them and addresses that are not theirs', t => {
  const pods = [pod('a', 'n1', ['10.244.1.11', 'fd00:1::11']), pod('b', 'n2', ['10.244.2.11', 'fd00:2::11'])];
  t.strictSame(nodesOf(world({ pods })), [
    {
      name: 'n1',
      labels: {},
      addresses: ['198.18.0.1', '2001:2::1'],
      unnamed: [],
      podCidrs: ['10.244.1.0/24', 'fd00:1::/64'],
    },
    {
      name: 'n2',
      labels: {},
      addresses: ['198.18.0.2', '2001:2::2'],
      unnamed: [],
      podCidrs: ['10.244.2.0/24', 'fd00:2::/64'],
    },
  ]);
  t.end();
});

t.test('a node that the case names keeps its labels and addresses, those of its host-network pods too', t => {
  const nodes = [{ name: 'n1', labels: { zone: 'a' }, ips: ['192.0.2.1'] }];
  const [only, ...others] = nodesOf(
    world({ nodes, pods: [pod('h', 'n1', ['192.0.2.1', '2001:db8::1'], true)] }),
  );
  t.strictSame(others, []);
  t.strictSame(only, {
    name: 'n1',
    labels: { zone: 'a' },
    addresses: ['192.0.2.1', '2001:db8::1'],
    unnamed: [],
    podCidrs: [],
  });
  t.end();
});

t.test('nodes whose pods live side by side have smaller pod CIDRs, which never overlap', t => {
  const pods = [
    pod('a', 'n1', ['10.1.0.1']),
    pod('b', 'n2', ['10.1.0.2']),
    pod('c', 'n1', ['10.1.0.9']),
    pod('d', 'n1', ['10.2.0.1']),
  ];
  const externals = [{ name: 'e', ips: ['10.2.0.200'] }];
  t.strictSame(
    nodesOf(world({ pods, externals })).map(node => node.podCidrs),
    [['10.1.0.0/31', '10.1.0.8/29', '10.2.0.0/25'], ['10.1.0.2/31']],
  );
  t.end();
});
