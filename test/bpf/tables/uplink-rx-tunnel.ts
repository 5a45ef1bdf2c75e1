import {
  DEVICE,
  FAMILIES,
  IPV4,
  IPV6,
  MAC,
  NODE,
  OVERLAY6_NODE,
  VNI,
  VXLAN_PORT,
  type View,
} from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, eth, packetOf, type Packet } from '../../support/packet/packet.ts';
import { trackedLine } from './flow.ts';
import { row } from './row.ts';
import { outOfTunnel } from './tunnel.ts';

/** Every way to lie about a tunnel packet. */
export const uplinkRxTunnel: Table = {
  hook: 'uplink_rx',
  title: 'a tunnel packet is admitted only from a node, for our VNI, with a source of that node',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: [
    ...FAMILIES.flatMap(nodeRows),
    ...FAMILIES.flatMap(sourceRows),
    ...FAMILIES.flatMap(destinationRows),
    ...headerRows(IPV4),
  ],
};

function inner(source: string, destination: string): Packet {
  return bare().ip(source, destination).udp(53, 4000, 'a');
}

function nodeRows(view: View): Row[] {
  const { family, remotePod, pod } = view;
  const honest = inner(remotePod, pod);
  const from = (what: string, source: string): Row =>
    row(`${family}: ${what}`, outOfTunnel(honest, { from: source }), 'DROP_TUNNEL_SOURCE');
  return [
    row(`${family}: an honest one is delivered`, outOfTunnel(honest), 'REDIRECT_POD'),
    row(
      `${family}: an honest one over IPv6 is delivered`,
      outOfTunnel(inner(view.pod6, pod), { from: OVERLAY6_NODE }),
      'REDIRECT_POD',
    ),
    from('a source that is no node', IPV4.stranger),
    from('an IPv6 source that is no node', IPV6.stranger),
    from('our own address as outer source', IPV4.own),
    {
      ...from('our own address, whatever else is said of it', IPV4.own),
      given: { nodes: [{ addr: IPV4.own, id: NODE.own, flags: ['NODE_LOCAL', 'NODE_TUNNEL'] }] },
    },
    {
      ...from('a node that may not send tunnel packets', IPV4.overlayNode),
      given: { nodes: [{ addr: IPV4.overlayNode, id: NODE.overlay, flags: [] }] },
    },
    {
      ...row(
        `${family}: one of a protocol without ports has none of the outer packet's`,
        outOfTunnel(withoutPorts(view)),
        'REDIRECT_POD',
      ),
      tracked: [trackedLine([remotePod, 0], [pod, 0])],
    },
    row(`${family}: a VNI that is not ours`, outOfTunnel(honest, { vni: VNI + 1 }), 'DROP_TUNNEL_VNI'),
  ];
}

/** GRE. */
function withoutPorts({ family, remotePod, pod }: View): Packet {
  const protocol = 47;
  const ip =
    family === 'ipv4'
      ? bare().ipv4(remotePod, pod, { protocol })
      : bare().ipv6(remotePod, pod, { nextHeader: protocol });
  return ip.data('\0\0\b\0payload');
}

function sourceRows(view: View): Row[] {
  const spoofed = (what: string, source: string): Row =>
    row(
      `${view.family}: the sending node does not own ${what}`,
      outOfTunnel(inner(source, view.pod)),
      'DROP_TUNNEL_INNER_SOURCE',
    );
  return [
    spoofed('a pod of another overlay node', view.farPod),
    spoofed('a pod of a node on a direct route', view.directPod),
    spoofed('a pod of this node', view.sibling),
    spoofed("this node's own address", view.host),
    spoofed("another node's address", view.directNode),
    spoofed('an address outside the cluster', view.outside),
  ];
}

function destinationRows(view: View): Row[] {
  const { family, remotePod } = view;
  const to = (what: string, destination: string): Row => ({
    name: `${family}: an inner destination that is ${what} is refused`,
    sent: outOfTunnel(inner(remotePod, destination)),
    verdict: 'DROP_TUNNEL_DESTINATION',
  });
  return [
    to('a pod of another node', view.farPod),
    to('an address of another node that no pod has', family === 'ipv4' ? '10.4.0.77' : 'fd00:4::77'),
    to('outside the cluster', view.outside),
    to('multicast', view.multicast),
    {
      name: `${family}: to nobody in our pod CIDR, the host says so as a router`,
      sent: outOfTunnel(inner(remotePod, view.nobody)),
      verdict: 'PASS_UNREACHABLE',
      action: 'redirect',
      becomes: eth(MAC.gateway, MAC.overlay).with(inner(remotePod, view.nobody)),
    },
    {
      name: `${family}: from the node itself to nobody in our pod CIDR`,
      sent: outOfTunnel(inner(view.overlayHost, view.nobody)),
      verdict: 'PASS_UNREACHABLE',
      action: 'redirect',
      becomes: eth(MAC.gateway, MAC.overlay).with(inner(view.overlayHost, view.nobody)),
    },
    {
      name: `${family}: to this node, it is handed over on the overlay device`,
      sent: outOfTunnel(inner(remotePod, view.host)),
      verdict: 'REDIRECT_HOST',
    },
    {
      name: `${family}: from the node itself to this node`,
      sent: outOfTunnel(inner(view.overlayHost, view.host)),
      verdict: 'REDIRECT_HOST',
    },
    {
      name: `${family}: to an announced address of this node`,
      sent: outOfTunnel(inner(remotePod, view.own)),
      verdict: 'REDIRECT_HOST',
    },
    {
      name: `${family}: from an announced address of the node to a pod`,
      sent: outOfTunnel(inner(view.overlayNode, view.pod)),
      verdict: 'REDIRECT_POD',
    },
  ];
}

function headerRows(view: View): Row[] {
  const shell = eth(MAC.remoteUplink, MAC.uplink)
    .ip(view.overlayNode, view.own)
    .udp(50_000, VXLAN_PORT, undefined, { checksum: 0 });
  const frame = eth(MAC.remoteOverlay, MAC.overlay);
  const sender = { senderMac: MAC.remoteOverlay, senderIp: view.remotePod };
  const malformed = (what: string, sent: Packet): Row => row(what, sent, 'DROP_TUNNEL_MALFORMED');
  return [
    malformed('flags without the valid-VNI bit', outOfTunnel(inner(view.remotePod, view.pod), { flags: 0 })),
    malformed(
      'the same from a stranger',
      outOfTunnel(inner(view.remotePod, view.pod), { flags: 0, from: view.stranger }),
    ),
    malformed(
      'an inner frame that is neither IPv4 nor IPv6',
      shell.vxlan(VNI, eth(MAC.remoteOverlay, MAC.overlay, { type: 0x88cc }).data('lldp')),
    ),
    malformed(
      'an inner ARP request',
      shell.vxlan(VNI, frame.arp('request', { ...sender, targetMac: MAC.overlay, targetIp: view.pod })),
    ),
    malformed(
      'an inner IP packet longer than its frame',
      shell.vxlan(VNI, frame.ipv4(view.remotePod, view.pod, { totalLength: 400 }).udp(1, 2)),
    ),
    malformed('an inner packet in the padding of an outer one', inPadding(view)),
    malformed('nothing behind the VXLAN header', shell.vxlan(VNI, bare())),
  ];
}

/** The outer header ends behind UDP; what follows is the frame's, not the packet's. */
function inPadding(view: View): Packet {
  const [ethernet, , ...rest] = outOfTunnel(inner(view.remotePod, view.pod)).layers;
  const outer = bare().ipv4(view.overlayNode, view.own, { totalLength: 28 }).layers;
  return packetOf([...(ethernet === undefined ? [] : [ethernet]), ...outer, ...rest]);
}
