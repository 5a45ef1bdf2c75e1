// ADD on a node whose pod CIDR is the underlay's.
import { parseCidr } from 'ip';
import t from 'tap';
import { emptyCluster } from '../../../loader/model/objects.ts';
import { assertOffUnderlay } from '../../../loader/pods/off-underlay.ts';
import { unknownNode, type TablesInput } from '../../../loader/model/tables-input.ts';

function input(...podCidrs: readonly string[]): Pick<TablesInput, 'cluster' | 'facts'> {
  const node = { ...unknownNode('a'), podCidrs: podCidrs.map(text => parseCidr(text)) };
  const uplink = {
    ...{ ifindex: 2, mtu: 1500, addresses: [], connected: [parseCidr('192.0.2.0/24')] },
    ...{ gateways: new Map(), neighbours: new Map() },
  };
  return {
    cluster: { ...emptyCluster, nodes: new Map([['a', node]]) },
    facts: { nodeName: 'a', uplinks: [uplink], overlayIfindex: 3 },
  };
}

t.test('it is refused while one overlaps, and what no pod can have anyway does not count', t => {
  assertOffUnderlay(input('10.1.0.0/24', '0.0.0.0/0'));
  t.throws(() => assertOffUnderlay(input('10.1.0.0/24', '192.0.2.128/25')), {
    code: 'NOT_READY',
    message:
      "no pod can have an address of pod CIDR 192.0.2.128/25 of node a, since it overlaps the underlay's network 192.0.2.0/24: give its Node object a pod CIDR outside of the underlay",
  });
  t.end();
});
