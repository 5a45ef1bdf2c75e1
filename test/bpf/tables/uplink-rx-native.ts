import { DEVICE, FAMILIES, IPV6, MAC, NODE, UPLINK_MTU, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';

/** Packets without a tunnel that claim to come from the cluster. */
export const uplinkRxNative: Table = {
  hook: 'uplink_rx',
  title: "a native packet with a pod's source is admitted only from a direct route",
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: [
    ...FAMILIES.flatMap(rowsOf),
    {
      name: 'ipv6: not even behind more extension headers than are followed',
      sent: Array.from({ length: 9 }).reduce<Packet>(
        packet => packet.extension('destination-options'),
        eth(MAC.remoteUplink, MAC.uplink).ip(IPV6.remotePod, IPV6.pod),
      ),
      verdict: 'DROP_NATIVE_SOURCE',
    },
  ],
};

function rowsOf(view: View): Row[] {
  const { family, pod } = view;
  const from = (mac: string, source: string, destination = pod) =>
    eth(mac, MAC.uplink).ip(source, destination).udp(53, 4000, 'a');
  const refused = (what: string, source: string): Row => ({
    name: `${family}: ${what} comes by tunnel or not at all`,
    sent: from(MAC.remoteUplink, source),
    verdict: 'DROP_NATIVE_SOURCE',
  });
  return [
    {
      name: `${family}: from a direct node's pod, by its node's MAC, to a pod`,
      sent: from(MAC.directUplink, view.directPod),
      verdict: 'DELIVER_POD',
      becomes: eth(MAC.gateway, MAC.pod).ip(view.directPod, pod, { ttl: 63 }).udp(53, 4000, 'a'),
    },
    {
      name: `${family}: from a direct node's pod behind a router, by the router's MAC`,
      sent: from(MAC.router, view.farDirectPod),
      verdict: 'DELIVER_POD',
    },
    {
      name: `${family}: from a direct node's pod by another MAC`,
      sent: from(MAC.stranger, view.directPod),
      verdict: 'DROP_NATIVE_MAC',
    },
    {
      name: `${family}: from a direct node's pod on another device`,
      context: { ifindex: DEVICE.nic2, ingressIfindex: DEVICE.nic2 },
      sent: eth(MAC.directUplink, MAC.nic2).ip(view.directPod, pod).udp(53, 4000, 'a'),
      verdict: 'DROP_NATIVE_DEVICE',
    },
    refused("an overlay node's pod", view.remotePod),
    refused('a pod of this node', view.sibling),
    refused('an address of this node', view.host),
    refused('a nobody of our pod CIDR', view.nobody),
    {
      name: `${family}: also when it is not for a pod`,
      sent: from(MAC.remoteUplink, view.remotePod, view.own),
      verdict: 'DROP_NATIVE_SOURCE',
    },
    {
      name: `${family}: not even in an Ethernet broadcast, which the stack would take in too`,
      sent: eth(MAC.remoteUplink, MAC.broadcast).ip(view.sibling, view.own).udp(53, 4000, 'a'),
      verdict: 'DROP_NATIVE_SOURCE',
    },
    {
      name: `${family}: not even if its transport header cannot be read`,
      sent: cutTransport(view, view.remotePod),
      verdict: 'DROP_NATIVE_SOURCE',
    },
    {
      name: `${family}: one whose transport header cannot be read is the stack's, if its route is direct`,
      sent: cutTransport(view, view.directPod, MAC.directUplink),
      verdict: 'PASS_FOREIGN',
    },
    {
      name: `${family}: what was direct yesterday and is overlay today is refused`,
      given: {
        routes: [
          {
            prefix: family === 'ipv4' ? '10.3.0.0/24' : 'fd00:3::/64',
            kind: 'ROUTE_OVERLAY',
            node: NODE.direct,
            mtu: UPLINK_MTU - 50,
            tunnel: view.directNode,
          },
        ],
      },
      sent: from(MAC.directUplink, view.directPod),
      verdict: 'DROP_NATIVE_SOURCE',
    },
  ];
}

/** Four bytes where a UDP header should be. */
function cutTransport(view: View, source: string, mac: string = MAC.remoteUplink): Packet {
  const frame = eth(mac, MAC.uplink);
  const ip =
    view.family === 'ipv4'
      ? frame.ipv4(source, view.pod, { protocol: IP_PROTOCOL.udp })
      : frame.ipv6(source, view.pod, { nextHeader: IP_PROTOCOL.udp });
  return ip.data('cut!');
}
