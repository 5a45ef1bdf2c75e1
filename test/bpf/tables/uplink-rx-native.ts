import { DEVICE, FAMILIES, IPV6, MAC, NODE, UPLINK_MTU, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { ICMPV6_TYPE } from '../../support/packet/icmp.ts';
import { ND_TYPE } from '../../support/packet/neighbour-message.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { row } from './row.ts';

/** Packets without a tunnel that claim to come from the cluster. */
export const uplinkRxNative: Table = {
  hook: 'uplink_rx',
  title: "a native packet with a pod's source is admitted only from a direct route",
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: [
    ...FAMILIES.flatMap(view => [...directRows(view), ...refusedRows(view)]),
    ...neighbourRows(),
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

function from(view: View, mac: string, source: string, to: string = MAC.uplink): Packet {
  return eth(mac, to).ip(source, view.pod).udp(53, 4000, 'a');
}

function directRows(view: View): Row[] {
  const { family, directPod, pod } = view;
  const delivered = eth(MAC.gateway, MAC.pod).ip(directPod, pod, { ttl: 63 }).udp(53, 4000, 'a');
  return [
    {
      ...row(`${family}: by its node's MAC`, from(view, MAC.directUplink, directPod), 'REDIRECT_POD'),
      becomes: delivered,
    },
    row(
      `${family}: behind a router, by the router's MAC`,
      from(view, MAC.router, view.farDirectPod),
      'REDIRECT_POD',
    ),
    row(`${family}: by another MAC`, from(view, MAC.stranger, directPod), 'DROP_NATIVE_MAC'),
    {
      name: `${family}: on another device`,
      context: { ifindex: DEVICE.nic2, ingressIfindex: DEVICE.nic2 },
      sent: eth(MAC.directUplink, MAC.nic2).ip(directPod, pod).udp(53, 4000, 'a'),
      verdict: 'DROP_NATIVE_DEVICE',
    },
    {
      name: `${family}: on another uplink than the one that leads there`,
      context: { ifindex: DEVICE.nic2, ingressIfindex: DEVICE.nic2 },
      given: { ifaces: [{ ifindex: DEVICE.nic2, kind: 'IFACE_UPLINK' }] },
      sent: eth(MAC.directUplink, MAC.nic2).ip(directPod, pod).udp(53, 4000, 'a'),
      verdict: 'REDIRECT_POD',
    },
    {
      name: `${family}: a pod's device is no uplink`,
      context: { ifindex: DEVICE.sibling, ingressIfindex: DEVICE.sibling },
      sent: eth(MAC.directUplink, MAC.gateway).ip(directPod, pod).udp(53, 4000, 'a'),
      verdict: 'DROP_NATIVE_DEVICE',
    },
    {
      name: `${family}: one in an Ethernet broadcast is not forwarded`,
      sent: from(view, MAC.directUplink, directPod, MAC.broadcast),
      verdict: 'PASS_UNMANAGED',
    },
    {
      name: `${family}: what is for another host's MAC is that host's to judge`,
      sent: from(view, MAC.remoteUplink, view.remotePod, MAC.stranger),
      verdict: 'PASS_UNMANAGED',
    },
    row(
      `${family}: one whose transport header cannot be read`,
      cutTransport(view, directPod, MAC.directUplink),
      'DROP_MALFORMED',
    ),
  ];
}

function refusedRows(view: View): Row[] {
  const { family, remotePod, own } = view;
  const frame = eth(MAC.remoteUplink, MAC.uplink);
  const refused = (what: string, sent: Packet): Row => row(`${family}: ${what}`, sent, 'DROP_NATIVE_SOURCE');
  const handedOn = {
    prefix: family === 'ipv4' ? '10.1.0.0/24' : 'fd00:1::/64',
    kind: 'ROUTE_DIRECT',
    node: NODE.direct,
    mtu: UPLINK_MTU,
    tunnel: view.directNode,
  } as const;
  const overlaid = {
    prefix: family === 'ipv4' ? '10.3.0.0/24' : 'fd00:3::/64',
    kind: 'ROUTE_OVERLAY',
    node: NODE.direct,
    mtu: UPLINK_MTU - 50,
    tunnel: view.directNode,
  } as const;
  return [
    refused("an overlay node's pod comes by tunnel", from(view, MAC.remoteUplink, remotePod)),
    refused('a pod of this node does not come from outside', from(view, MAC.remoteUplink, view.sibling)),
    {
      ...refused('nor one that has outlived its pod CIDR', from(view, MAC.directUplink, view.sibling)),
      given: { routes: [handedOn] },
    },
    refused('nor does an address of this node', from(view, MAC.remoteUplink, view.host)),
    refused('nor a nobody of our pod CIDR', from(view, MAC.remoteUplink, view.nobody)),
    refused('also when it is not for a pod', frame.ip(remotePod, own).udp(53, 4000, 'a')),
    refused(
      'not even in an Ethernet broadcast, which the stack would take in too',
      eth(MAC.remoteUplink, MAC.broadcast).ip(view.sibling, own).udp(53, 4000, 'a'),
    ),
    refused('not even if its transport header cannot be read', cutTransport(view, remotePod)),
    {
      ...refused('what was direct yesterday is overlay today', from(view, MAC.directUplink, view.directPod)),
      given: { routes: [overlaid] },
    },
  ];
}

/** Who claims an address of ours must be heard; what came from beyond the link is no neighbour's (RFC 4861). */
function neighbourRows(): Row[] {
  const claim = (hopLimit: number): Packet =>
    eth(MAC.stranger, MAC.uplink)
      .ipv6(IPV6.own, IPV6.own, { hopLimit })
      .neighbour({ type: ND_TYPE.neighbourAdvertisement }, { target: IPV6.own, targetMac: MAC.stranger });
  return [
    row(
      "ipv6: a neighbour's advertisement of our own address is the kernel's to judge",
      claim(255),
      'PASS_UNMANAGED',
    ),
    row('ipv6: forwarded, it is no neighbour message', claim(254), 'DROP_NATIVE_SOURCE'),
    row(
      'ipv6: nor is a fragment of one',
      fragmentPacket(claim(255), 16)[0] ?? claim(255),
      'DROP_NATIVE_SOURCE',
    ),
    ...[ICMPV6_TYPE.echo, ND_TYPE.redirect + 1].map(type =>
      row(
        `ipv6: nor is ICMPv6 of type ${type}`,
        eth(MAC.stranger, MAC.uplink).ipv6(IPV6.own, IPV6.own, { hopLimit: 255 }).icmpv6({ type }),
        'DROP_NATIVE_SOURCE',
      ),
    ),
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
