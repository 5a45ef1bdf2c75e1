// A lab on paper: what the options come to.
import t from 'tap';
import { DEFAULT_OPTIONS, planLab, planPod, type LabOptions } from '../../../lab/plan.ts';

function planOf(options: Partial<LabOptions>) {
  return planLab({ ...DEFAULT_OPTIONS, name: 'x', ...options });
}

t.test('nodes have addresses of the underlay, and prefixes for their pods', t => {
  const [n1, n2] = planOf({}).nodes;
  t.match(n1, { name: 'n1', addresses: ['192.168.1.11', 'fd00:168:0:1::b'], netns: '/run/netns/hd-x-n1' });
  t.match(n2, { podCidrs: ['10.244.2.0/24', 'fd00:244:0:2::/64'], pinRoot: '/sys/fs/bpf/heddle-lab-x-n2' });
  t.end();
});

t.test('the underlay has one subnet, one a node, or one for every two', t => {
  const subnets = (underlay: LabOptions['underlay']) =>
    planOf({ underlay, nodes: 4 }).nodes.map(node => node.subnet);
  t.strictSame(subnets('flat'), [1, 1, 1, 1]);
  t.strictSame(subnets('routed'), [1, 2, 3, 4]);
  t.strictSame(subnets('paired'), [1, 1, 2, 2]);
  t.end();
});

t.test('a cable joins two nodes', t => {
  t.strictSame(
    planOf({ underlay: 'cable', nodes: 2 }).nodes.map(({ subnet }) => subnet),
    [1, 1],
  );
  t.throws(() => planOf({ underlay: 'cable', nodes: 3 }), {
    message: '--underlay cable joins two nodes, not 3: use --nodes 2 or another shape',
  });
  t.end();
});

t.test('families of pods and of the underlay are chosen apart', t => {
  const [node] = planOf({ families: 'ipv6', underlayFamilies: 'ipv4' }).nodes;
  t.match(node, { addresses: ['192.168.1.11'], podCidrs: ['fd00:244:0:1::/64'] });
  t.equal(node?.addresses.length, 1);
  t.equal(node?.podCidrs.length, 1);
  t.end();
});

t.test('pods are named after their nodes', t => {
  const plan = planOf({ nodes: 2, podsPerNode: 2 });
  t.strictSame(
    plan.pods.map(pod => pod.name),
    ['n1-p1', 'n1-p2', 'n2-p1', 'n2-p2'],
  );
  t.strictSame(planPod(plan.options, 'n2', 2), plan.pods[3], 'one more is planned like those from the start');
  t.end();
});

t.test('no two things of the largest lab share a name, an address or a path', t => {
  const { nodes, pods } = planOf({ nodes: 200, podsPerNode: 3, underlay: 'routed' });
  const all = nodes.flatMap(node => [
    node.netns,
    node.socket,
    node.pinRoot,
    ...node.addresses,
    ...node.podCidrs,
  ]);
  const ofPods = pods.flatMap(pod => [pod.netns, pod.containerId, pod.uid]);
  const names = [...all, ...ofPods];
  t.equal(new Set(names).size, names.length);
  t.ok(
    nodes.every(({ socket }) => Buffer.byteLength(socket) <= 107),
    'and sockets fit into sun_path',
  );
  t.end();
});

t.test('what makes no lab is refused in one sentence', t => {
  for (const name of ['', 'a-b', 'A', 'seventeen01234567', '../x', 'a b'])
    t.throws(() => planOf({ name }), {
      message: `--name cannot be '${name}': use 1 to 16 lower-case letters and digits`,
    });
  for (const nodes of [0, 201])
    t.throws(() => planOf({ nodes }), { message: `--nodes cannot be ${nodes}: a lab has 1 to 200 nodes` });
  t.end();
});
