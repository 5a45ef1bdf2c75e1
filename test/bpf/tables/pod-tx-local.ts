import { DEVICE, FAMILIES, MAC, NODE, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { GivenEndpoint } from '../../support/bpf/given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { hostPath } from './flow.ts';
import { fromPod } from './pod.ts';
import { row } from './row.ts';

/** From a pod to another pod of the same node. */
export const podTxLocal: Table = {
  hook: 'pod_tx',
  title: 'a packet to a pod of the same node is handed to it',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [...deliveredRows(view), ...hugeRows(view), ...passedRows(view)]),
};

function toSibling(view: View): Packet {
  return fromPod(view, view.sibling, { dscp: 46, ecn: 1 }).udp(4000, 53, 'q');
}

function deliveredRows(view: View): Row[] {
  const { family, pod, sibling } = view;
  const frame = eth(MAC.gateway, MAC.sibling);
  return [
    {
      ...row(`${family}: from the gateway's MAC, and one hop less`, toSibling(view), 'REDIRECT_POD'),
      becomes: frame.ip(pod, sibling, { ttl: 63, dscp: 46, ecn: 1 }).udp(4000, 53, 'q'),
    },
    {
      ...row(`${family}: an echo request likewise`, fromPod(view, sibling).echo(7), 'REDIRECT_POD'),
      becomes: frame.ip(pod, sibling, { ttl: 63 }).echo(7),
    },
  ];
}

/** BIG TCP: the header of a super-packet longer than it can tell says 0. */
function hugeRows(view: View): Row[] {
  const frame = eth(MAC.pod, MAC.gateway);
  const headed =
    view.family === 'ipv4'
      ? frame.ipv4(view.pod, view.sibling, { totalLength: 0 })
      : frame.ipv6(view.pod, view.sibling, { payloadLength: 0 });
  const sent = headed.tcp(4000, 80, { flags: 'ACK' }, 'x'.repeat(200));
  return [
    {
      ...row(`${view.family}: a super-packet whose header tells no length`, sent, 'REDIRECT_POD'),
      context: { gsoSize: 100, gsoSegments: 2 },
    },
    row(`${view.family}: a single packet has to tell it`, sent, 'DROP_MALFORMED'),
  ];
}

function passedRows(view: View): Row[] {
  const { family, pod, sibling } = view;
  const flags = ['IFACE_SLOW_PATH'];
  const endpoint: GivenEndpoint = {
    ...{ addr: sibling, kind: 'ENDPOINT_LOCAL_POD', node: NODE.own, ifindex: DEVICE.sibling },
    ...{ podId: POD_ID.sibling, mac: MAC.sibling, flags },
  };
  return [
    {
      ...row(`${family}: a qdisc on its device is not passed by`, toSibling(view), 'PASS_SLOW_PATH'),
      given: { endpoints: [endpoint] },
    },
    {
      ...row(`${family}: a qdisc on the sender's device neither`, toSibling(view), 'PASS_SLOW_PATH'),
      given: { ifaces: [{ ifindex: DEVICE.pod, mac: MAC.pod, podId: POD_ID.pod, flags }] },
    },
    {
      ...row(`${family}: what netfilter translated goes back to it`, toSibling(view), 'PASS_HOST_PATH'),
      given: { conntrack: [hostPath([sibling, 53], [pod, 4000])] },
    },
  ];
}
