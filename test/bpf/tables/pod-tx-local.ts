import { DEVICE, FAMILIES, MAC, NODE, SLOT, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';

/** From a pod to another pod of the same node. */
export const podTxLocal: Table = {
  hook: 'pod_tx',
  title: 'a packet to a pod of the same node is handed to it',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(rowsOf),
};

function rowsOf(view: View): Row[] {
  const { family } = view;
  const toSibling = fromPod(view, view.sibling, { dscp: 46, ecn: 1 }).udp(4000, 53, 'q');
  const delivered = eth(MAC.gateway, MAC.sibling).ip(view.pod, view.sibling, { ttl: 63, dscp: 46, ecn: 1 });
  const siblingBehind = {
    addr: view.sibling,
    kind: 'ENDPOINT_LOCAL_POD',
    node: NODE.own,
    ifindex: DEVICE.sibling,
    slot: SLOT.sibling,
    mac: MAC.sibling,
  } as const;
  return [
    {
      name: `${family}: with the gateway's MAC as source, and one hop less`,
      sent: toSibling,
      verdict: 'DELIVER_POD',
      becomes: delivered.udp(4000, 53, 'q'),
    },
    {
      name: `${family}: an echo request likewise`,
      sent: fromPod(view, view.sibling).echo(7),
      verdict: 'DELIVER_POD',
      becomes: eth(MAC.gateway, MAC.sibling).ip(view.pod, view.sibling, { ttl: 63 }).echo(7),
    },
    {
      name: `${family}: a qdisc on its device is not passed by`,
      given: { endpoints: [{ ...siblingBehind, flags: ['PORT_SLOW_PATH'] }] },
      sent: toSibling,
      verdict: 'PASS_SLOW_PATH',
    },
    {
      name: `${family}: a qdisc on the sender's device is not passed by`,
      given: { ports: [{ ifindex: DEVICE.pod, mac: MAC.pod, slot: SLOT.pod, flags: ['PORT_SLOW_PATH'] }] },
      sent: toSibling,
      verdict: 'PASS_SLOW_PATH',
    },
    {
      name: `${family}: what netfilter translated goes back through netfilter`,
      given: {
        conntrack: [
          {
            source: view.pod,
            destination: view.sibling,
            protocol: 17,
            sourcePort: 4000,
            destinationPort: 53,
            flags: ['CONNTRACK_HOST_PATH'],
          },
        ],
      },
      sent: toSibling,
      verdict: 'PASS_HOST_PATH',
    },
  ];
}
