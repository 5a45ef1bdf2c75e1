// Addresses of Services in hd_endpoint: a Service has what no node and no pod has.
import { parseAddr } from 'ip';
import t from 'tap';
import { desiredTables } from '../../../loader/model/desired-tables.ts';
import { serviceOfSlice } from '../../../loader/model/service-objects.ts';
import { slice } from '../services/objects.ts';
import { inputOf, localPod, pod, VNI, type ClusterTexts } from './cluster.ts';

const SHOP = { namespace: 'shop', name: 'web' };

function withVip(text: string, texts: ClusterTexts = {}) {
  const addr = parseAddr(text);
  const { endpoints, problems } = desiredTables({ ...inputOf(texts), vips: new Map([[addr, SHOP]]) });
  return { row: endpoints.get(addr), problems };
}

t.test('an address that nobody else has is the Service', t => {
  const { row, problems } = withVip('10.96.0.1');
  t.match(row, {
    key: { vni: VNI, addr: '10.96.0.1' },
    value: { kind: 'ENDPOINT_SERVICE', nodeId: 0, ifindex: 0 },
    service: SHOP,
  });
  t.strictSame(problems, []);
  t.end();
});

for (const [who, vip, texts, owner] of [
  ['this node', '192.0.2.1', {}, 'node a'],
  ['another node', '192.0.2.2', {}, 'node b'],
  ['a pod of this node', '10.1.0.5', { localPods: [localPod('db', ['10.1.0.5'])] }, 'pod default/db'],
  ['a pod of another node', '10.2.0.5', { pods: [pod('db', 'b', ['10.2.0.5'])] }, 'pod default/db'],
] as const)
  t.test(`an address of ${who} stays with its owner, and the Service is told`, t => {
    const { row, problems } = withVip(vip, texts);
    t.not(row?.value.kind, 'ENDPOINT_SERVICE');
    t.strictSame(problems, [`address ${vip} of Service shop/web is ignored: it belongs to ${owner}`]);
    t.end();
  });

t.test('a slice without the label is of no Service', t => {
  t.equal(serviceOfSlice(slice([])), 'shop/web');
  t.equal(
    serviceOfSlice({ namespace: 'shop', name: 'x', family: 'ipv4', endpoints: [], ports: [] }),
    undefined,
  );
  t.end();
});
