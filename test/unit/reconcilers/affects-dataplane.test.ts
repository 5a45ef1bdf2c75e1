import { parseAddr, parseCidr } from 'ip';
import t from 'tap';
import {
  emptyCluster,
  podKey,
  type ClusterState,
  type NodeObject,
  type PodObject,
} from '../../../loader/model/objects.ts';
import { affectsDataplane } from '../../../loader/reconcilers/affects-dataplane.ts';

const node: NodeObject = {
  ...{ name: 'n1', labels: {}, podCidrs: [], externalAddresses: [], tunnelAddresses: [] },
  internalAddresses: [parseAddr('192.168.0.1')],
};
const pod: PodObject = {
  ...{
    namespace: 'x',
    name: 'a',
    uid: 'u',
    labels: {},
    nodeName: 'n1',
    hostNetwork: false,
    phase: 'Running',
  },
  ...{ addresses: [parseAddr('10.0.0.2')], ports: [] },
};

/** As another node sees it. */
function isAffected(before: ClusterState, now: ClusterState, self = 'n0'): boolean {
  const { nodes, pods } = affectsDataplane(before, now, self);
  return nodes || pods;
}

function cluster(change: { node?: Partial<NodeObject>; pod?: Partial<PodObject> } = {}): ClusterState {
  const [n, p] = [
    { ...node, ...change.node },
    { ...pod, ...change.pod },
  ];
  return { ...emptyCluster, nodes: new Map([[n.name, n]]), pods: new Map([[podKey(p), p]]) };
}

t.test('labels, ports, namespaces and policies are of policy alone', t => {
  t.notOk(isAffected(cluster(), cluster()));
  t.notOk(isAffected(cluster(), cluster({ node: { labels: { zone: 'a' } } })));
  t.notOk(
    isAffected(
      cluster(),
      cluster({ pod: { labels: { app: 'a' }, ports: [{ number: 1, protocol: 'TCP' }] } }),
    ),
  );
  t.notOk(isAffected(cluster(), cluster({ pod: { phase: 'Pending' } })));
  t.notOk(isAffected(cluster(), { ...cluster(), namespaces: new Map([['x', { name: 'x', labels: {} }]]) }));
  t.end();
});

t.test('where pods and nodes are is of tables and routes', t => {
  const pods: Partial<PodObject>[] = [
    { addresses: [] },
    { nodeName: 'n2' },
    { hostNetwork: true },
    { phase: 'Failed' },
    { uid: 'v' },
  ];
  for (const change of pods) t.ok(isAffected(cluster(), cluster({ pod: change })), JSON.stringify(change));
  t.ok(isAffected(cluster(), cluster({ node: { internalAddresses: [] } })));
  t.ok(isAffected(cluster(), emptyCluster));
  t.ok(isAffected(emptyCluster, cluster()));
  t.end();
});

t.test('pods of this node are where they were attached, whatever their objects say', t => {
  const pods: Partial<PodObject>[] = [
    { addresses: [] },
    { hostNetwork: true },
    { phase: 'Failed' },
    { uid: 'v' },
  ];
  for (const change of pods)
    t.notOk(isAffected(cluster(), cluster({ pod: change }), 'n1'), JSON.stringify(change));
  t.notOk(isAffected(cluster(), { ...cluster(), pods: new Map() }, 'n1'));
  t.ok(isAffected(cluster(), cluster({ pod: { nodeName: 'n2' } }), 'n1'));
  t.end();
});

t.test('that a node is Ready or not matters where another claims addresses of its pod CIDR', t => {
  const rival = (podCidr: string, isReady: boolean): ClusterState => {
    const other: NodeObject = {
      ...node,
      name: 'n2',
      internalAddresses: [],
      podCidrs: [parseCidr(podCidr)],
      isReady,
    };
    const { nodes, ...rest } = cluster({ node: { podCidrs: [parseCidr('10.9.0.0/24')] } });
    return { ...rest, nodes: new Map([...nodes, ['n2', other]]) };
  };
  for (const podCidr of ['10.9.0.0/24', '10.0.0.0/8', '10.9.0.64/26'])
    t.ok(isAffected(rival(podCidr, true), rival(podCidr, false)), podCidr);
  t.notOk(isAffected(rival('10.8.0.0/24', true), rival('10.8.0.0/24', false)));
  t.end();
});

t.test(
  'two nodes with one address or pod CIDR that swap readiness at once, as in a list after an outage',
  t => {
    const podCidrs = [parseCidr('10.9.0.0/24')];
    const claims: readonly Partial<NodeObject>[] = [{}, { podCidrs, internalAddresses: [] }];
    for (const claim of claims) {
      const swapped = (isReady: boolean): ClusterState => {
        const nodes = ['n1', 'n2'].map(name => ({
          ...node,
          ...claim,
          name,
          isReady: isReady === (name === 'n1'),
        }));
        return { ...emptyCluster, nodes: new Map(nodes.map(each => [each.name, each])) };
      };
      t.ok(isAffected(swapped(true), swapped(false)), JSON.stringify(claim));
      t.notOk(isAffected(swapped(true), swapped(true)));
    }
    t.end();
  },
);
