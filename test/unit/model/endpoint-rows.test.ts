import t from 'tap';
import type { EndpointRow } from '../../../loader/model/table-rows.ts';
import { localPod, node, NODES, pod, VNI, tablesOf, type ClusterTexts } from './cluster.ts';

function endpointOf(addr: string, texts: ClusterTexts = {}): EndpointRow | undefined {
  return tablesOf(texts).endpoints.find(row => row.key.addr === addr);
}

t.test('a pod of this node has its interface and one endpoint for each address', t => {
  const tables = tablesOf({ localPods: [localPod('web', ['10.1.0.5', 'fd00:1::5'])] });
  t.strictSame(
    tables.ifaces.filter(row => row.value.kind === 'IFACE_POD'),
    [
      {
        key: { ifindex: 11 },
        value: { kind: 'IFACE_POD', vni: VNI, podId: 4, mac: '02:00:00:00:00:05', flags: [] },
      },
    ],
  );
  const rows = tables.endpoints.filter(row => row.value.kind === 'ENDPOINT_LOCAL_POD');
  t.strictSame(
    rows.map(row => row.key),
    [
      { vni: VNI, addr: '10.1.0.5' },
      { vni: VNI, addr: 'fd00:1::5' },
    ],
  );
  t.strictSame(rows[0]?.value, {
    kind: 'ENDPOINT_LOCAL_POD',
    nodeId: 1,
    ifindex: 11,
    podId: 4,
    mac: '02:00:00:00:00:05',
    flags: [],
  });
  t.strictSame(rows[0]?.pod, { namespace: 'default', name: 'web' });
  t.end();
});

t.test('a foreign qdisc on the device marks the interface and its endpoints', t => {
  const { ifaces, endpoints } = tablesOf({ localPods: [localPod('web', ['10.1.0.5'], { slowPath: true })] });
  t.strictSame(ifaces.find(row => row.value.kind === 'IFACE_POD')?.value.flags, ['IFACE_SLOW_PATH']);
  t.strictSame(endpoints.find(row => row.key.addr === '10.1.0.5')?.value.flags, ['IFACE_SLOW_PATH']);
  t.end();
});

t.test("a remote pod is its node's", t => {
  const row = endpointOf('10.3.0.9', { pods: [pod('db', 'c', ['10.3.0.9'])] });
  t.match(row, { value: { kind: 'ENDPOINT_REMOTE_POD', nodeId: 3, ifindex: 0, podId: 0 }, node: 'c' });
  t.end();
});

t.test('pods that have ended, share their host or are nowhere are no endpoints', t => {
  const pods = [
    pod('done', 'b', ['10.2.0.5'], { phase: 'Succeeded' }),
    pod('dead', 'b', ['10.2.0.6'], { phase: 'Failed' }),
    pod('host', 'b', ['192.0.2.2'], { hostNetwork: true }),
    { ...pod('new', 'b', []), nodeName: 'b' },
  ];
  const { endpoints, problems } = tablesOf({ pods });
  t.notOk(endpoints.some(row => row.pod !== undefined));
  t.strictSame(problems, []);
  t.end();
});

t.test('a pod of this node that has no attachment is no endpoint, whatever its object says', t => {
  t.equal(endpointOf('10.1.0.5', { pods: [pod('web', 'a', ['10.1.0.5'])] }), undefined);
  t.end();
});

t.test("nodes' addresses are endpoints, those of their overlay devices too", t => {
  for (const addr of ['10.1.0.1', 'fd00:1::1', '192.0.2.1', '2001:db8::1'])
    t.match(endpointOf(addr), { value: { kind: 'ENDPOINT_LOCAL_HOST', nodeId: 1 }, node: 'a' });
  for (const addr of ['10.2.0.1', 'fd00:2::1', '192.0.2.2', '2001:db8::2'])
    t.match(endpointOf(addr), { value: { kind: 'ENDPOINT_REMOTE_NODE', nodeId: 2 }, node: 'b' });
  t.end();
});

t.test('an address of the uplink that nobody announced is this node all the same', t => {
  const addresses = tablesOf({ nodes: NODES.slice(1) }).endpoints.filter(row => row.node === 'a');
  t.strictSame(addresses.map(row => row.key.addr).sort(), ['192.0.2.1', '2001:db8::1']);
  t.end();
});

t.test('of remote pods with one address one has it, and the others are told', t => {
  const pods = [pod('y', 'b', ['10.2.0.5']), pod('x', 'c', ['10.2.0.5']), pod('z', 'b', ['10.2.0.5'])];
  for (const order of [pods, [...pods].reverse()]) {
    const { endpoints, problems } = tablesOf({ pods: order });
    t.strictSame(endpoints.find(row => row.key.addr === '10.2.0.5')?.pod, {
      namespace: 'default',
      name: 'y',
    });
    t.equal(problems.length, 2);
  }
  t.strictSame(tablesOf({ pods: pods.slice(0, 2) }).problems, [
    'address 10.2.0.5 of pod default/x is ignored: it belongs to pod default/y',
  ]);
  t.end();
});

t.test('a pod never takes the address of a node or of a local pod', t => {
  const localPods = [localPod('web', ['10.1.0.5'])];
  const pods = [pod('a-thief', 'b', ['10.1.0.5', '192.0.2.1', '10.3.0.1'])];
  const { endpoints, problems } = tablesOf({ localPods, pods });
  t.notOk(endpoints.some(row => row.pod?.name === 'a-thief'));
  t.strictSame(problems, [
    'address 10.1.0.5 of pod default/a-thief is ignored: it belongs to pod default/web',
    'address 10.3.0.1 of pod default/a-thief is ignored: it belongs to node c',
    'address 192.0.2.1 of pod default/a-thief is ignored: it belongs to node a',
  ]);
  t.end();
});

t.test('a node never takes the address of a local pod, nor one in the pod CIDR of another node', t => {
  const localPods = [localPod('web', ['10.1.0.5'])];
  const pods = [pod('far', 'b', ['10.2.0.9'])];
  const nodes = [...NODES, node('thief', { internal: ['10.1.0.5', '10.2.0.9', '192.0.2.77'] })];
  const { endpoints, problems } = tablesOf({ nodes, localPods, pods });
  t.strictSame(
    endpoints.filter(row => row.node === 'thief').map(row => row.key.addr),
    ['192.0.2.77'],
  );
  t.strictSame(problems, [
    'address 10.1.0.5 of node thief is ignored: it is in pod CIDR 10.1.0.0/24 of node a',
    'address 10.2.0.9 of node thief is ignored: it is in pod CIDR 10.2.0.0/24 of node b',
  ]);
  t.end();
});

t.test('pods on a node without an object are counted, not listed', t => {
  const pods = ['p', 'q', 'r'].map((name, i) => pod(name, 'ghost', [`10.9.0.${i}`]));
  const { endpoints, problems } = tablesOf({ pods });
  t.notOk(endpoints.some(row => row.node === 'ghost'));
  t.strictSame(problems, ['node ghost has no Node object: its pods (3) cannot be reached']);
  t.end();
});

t.test('of two nodes with one address the first has it, this node before all', t => {
  const nodes = [...NODES, node('d', { internal: ['192.0.2.2', '192.0.2.1'] })];
  const { nodes: rows, endpoints, problems } = tablesOf({ nodes });
  t.strictSame(
    rows.filter(row => row.node === 'd'),
    [],
  );
  t.notOk(endpoints.some(row => row.node === 'd'));
  t.strictSame(problems, [
    'address 192.0.2.1 of node d is ignored: it belongs to node a',
    'address 192.0.2.2 of node d is ignored: it belongs to node b',
  ]);
  t.end();
});
