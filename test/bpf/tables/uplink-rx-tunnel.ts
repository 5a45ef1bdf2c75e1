import {
  DEVICE,
  FAMILIES,
  IPV4,
  IPV6,
  OVERLAY6_NODE,
  SEGMENT,
  MAC,
  type View,
} from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { outOfTunnel } from './tunnel.ts';

/** Every way to lie about a tunnel packet. */
export const uplinkRxTunnel: Table = {
  hook: 'uplink_rx',
  title: 'a tunnel packet is admitted only from a node, for our segment, with a source of that node',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: [...FAMILIES.flatMap(sourceRows), ...FAMILIES.flatMap(destinationRows), ...headerRows(IPV4)],
};

function inner(source: string, destination: string): Packet {
  return bare().ip(source, destination).udp(53, 4000, 'a');
}

function sourceRows(view: View): Row[] {
  const { family, remotePod, pod } = view;
  const honest = inner(remotePod, pod);
  const spoofed = (what: string, source: string): Row => ({
    name: `${family}: the sending node does not own ${what}`,
    sent: outOfTunnel(inner(source, pod)),
    verdict: 'DROP_TUNNEL_INNER_SOURCE',
  });
  return [
    { name: `${family}: an honest one is delivered`, sent: outOfTunnel(honest), verdict: 'DELIVER_POD' },
    {
      name: `${family}: an honest one over IPv6 is delivered`,
      sent: outOfTunnel(inner(view.pod6, pod), { from: OVERLAY6_NODE }),
      verdict: 'DELIVER_POD',
    },
    {
      name: `${family}: a source that is no node`,
      sent: outOfTunnel(honest, { from: IPV4.stranger }),
      verdict: 'DROP_TUNNEL_SOURCE',
    },
    {
      name: `${family}: an IPv6 source that is no node`,
      sent: outOfTunnel(honest, { from: IPV6.stranger }),
      verdict: 'DROP_TUNNEL_SOURCE',
    },
    {
      name: `${family}: a node that may not send tunnel packets`,
      given: { nodes: [{ addr: IPV4.overlayNode, id: 2, flags: [] }] },
      sent: outOfTunnel(honest),
      verdict: 'DROP_TUNNEL_SOURCE',
    },
    {
      name: `${family}: our own address as outer source`,
      sent: outOfTunnel(honest, { from: IPV4.own }),
      verdict: 'DROP_TUNNEL_SOURCE',
    },
    {
      name: `${family}: a VNI that is not ours`,
      sent: outOfTunnel(honest, { vni: SEGMENT + 1 }),
      verdict: 'DROP_TUNNEL_VNI',
    },
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
    to('nobody in our pod CIDR', view.nobody),
    to('outside the cluster', view.outside),
    to('multicast', view.multicast),
    {
      name: `${family}: to this node, it is handed over on the overlay device`,
      sent: outOfTunnel(inner(remotePod, view.host)),
      verdict: 'DELIVER_HOST',
    },
    {
      name: `${family}: from the node itself to this node`,
      sent: outOfTunnel(inner(view.overlayHost, view.host)),
      verdict: 'DELIVER_HOST',
    },
    {
      name: `${family}: to an announced address of this node`,
      sent: outOfTunnel(inner(remotePod, view.own)),
      verdict: 'DELIVER_HOST',
    },
    {
      name: `${family}: from an announced address of the node to a pod`,
      sent: outOfTunnel(inner(view.overlayNode, view.pod)),
      verdict: 'DELIVER_POD',
    },
  ];
}

function headerRows(view: View): Row[] {
  const honest = inner(view.remotePod, view.pod);
  const shell = eth(MAC.remoteUplink, MAC.uplink)
    .ip(view.overlayNode, view.own)
    .udp(50_000, 4789, undefined, { checksum: 0 });
  const frame = eth(MAC.remoteOverlay, MAC.overlay);
  return [
    {
      name: 'flags without the valid-VNI bit',
      sent: outOfTunnel(honest, { flags: 0 }),
      verdict: 'DROP_TUNNEL_MALFORMED',
    },
    {
      name: 'an inner frame that is neither IPv4 nor IPv6',
      sent: shell.vxlan(SEGMENT, eth(MAC.remoteOverlay, MAC.overlay, { type: 0x88cc }).data('lldp')),
      verdict: 'DROP_TUNNEL_MALFORMED',
    },
    {
      name: 'an inner ARP request',
      sent: shell.vxlan(
        SEGMENT,
        frame.arp('request', {
          senderMac: MAC.remoteOverlay,
          senderIp: view.remotePod,
          targetMac: MAC.overlay,
          targetIp: view.pod,
        }),
      ),
      verdict: 'DROP_TUNNEL_MALFORMED',
    },
    {
      name: 'an inner IP packet longer than its frame',
      sent: shell.vxlan(SEGMENT, frame.ipv4(view.remotePod, view.pod, { totalLength: 400 }).udp(1, 2)),
      verdict: 'DROP_TUNNEL_MALFORMED',
    },
    {
      name: 'nothing behind the VXLAN header',
      sent: shell.vxlan(SEGMENT, bare()),
      verdict: 'DROP_TUNNEL_MALFORMED',
    },
  ];
}
