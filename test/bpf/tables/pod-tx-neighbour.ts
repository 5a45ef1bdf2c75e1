import { DEVICE, IPV4, IPV6, MAC } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { NA_FLAG, ND_TYPE, type NeighbourMessage } from '../../support/packet/neighbour-message.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { row } from './row.ts';

const NO_MAC = '00:00:00:00:00:00';
const SOLICITED_NODE = 'ff02::1:ff00:1';
const SOLICITED_NODE_MAC = '33:33:ff:00:00:01';
const POD_LINK_LOCAL = 'fe80::ff:fe00:30a'; // EUI-64 of the pod's MAC

/** ARP and neighbour discovery: answered for the gateway, refused when they lie, dropped when nobody needs them. */
export const podTxNeighbour: Table = {
  hook: 'pod_tx',
  title: "a pod's link messages are answered or dropped, and never believed",
  context: { ifindex: DEVICE.pod },
  rows: [...arpRows(), ...solicitationRows(), ...claimRows(), ...chatterRows()],
};

function arp(operation: 'request' | 'reply', senderMac: string, senderIp: string, targetIp: string): Packet {
  return eth(MAC.pod, MAC.broadcast).arp(operation, { senderMac, senderIp, targetMac: NO_MAC, targetIp });
}

function arpRows(): Row[] {
  const sender = { senderMac: MAC.pod, senderIp: IPV4.pod, targetMac: NO_MAC, targetIp: IPV4.gateway };
  const told = { senderMac: MAC.gateway, senderIp: IPV4.gateway, targetMac: MAC.pod, targetIp: IPV4.pod };
  const spoofed = (what: string, sent: Packet): Row => row(what, sent, 'DROP_ARP_SPOOF');
  const needless = (what: string, sent: Packet): Row => row(what, sent, 'DROP_NEIGHBOUR');
  return [
    {
      name: 'ARP for the gateway is answered with its MAC',
      sent: arp('request', MAC.pod, IPV4.pod, IPV4.gateway),
      verdict: 'ANSWER_ARP',
      becomes: eth(MAC.gateway, MAC.pod).arp('reply', told),
    },
    spoofed(
      'ARP with the sibling as sender is spoofing',
      arp('request', MAC.pod, IPV4.sibling, IPV4.gateway),
    ),
    spoofed(
      "ARP with a MAC that is not the pod's is spoofing",
      arp('request', MAC.stranger, IPV4.pod, IPV4.gateway),
    ),
    spoofed(
      "an ARP reply that claims the gateway's address is spoofing",
      arp('reply', MAC.pod, IPV4.gateway, IPV4.host),
    ),
    needless(
      "a gratuitous ARP of the pod's own address is needed by nobody",
      arp('request', MAC.pod, IPV4.pod, IPV4.pod),
    ),
    needless("the pod's own ARP reply, too", arp('reply', MAC.pod, IPV4.pod, IPV4.gateway)),
    needless('an ARP probe (RFC 5227) is needed by nobody', arp('request', MAC.pod, '0.0.0.0', IPV4.pod)),
    row(
      'ARP that is not about IPv4 and Ethernet is malformed',
      eth(MAC.pod, MAC.broadcast).arp('request', { ...sender, kind: 0x0006_0800_0604 }),
      'DROP_MALFORMED',
    ),
  ];
}

function nd(source: string, type: number, message: NeighbourMessage, rest = 0): Packet {
  return eth(MAC.pod, SOLICITED_NODE_MAC)
    .ipv6(source, SOLICITED_NODE, { hopLimit: 255 })
    .neighbour({ type, rest }, message);
}

/** Of 8 bytes. */
function shortMessage(type: number): Packet {
  return eth(MAC.pod, SOLICITED_NODE_MAC).ipv6(IPV6.pod, SOLICITED_NODE, { hopLimit: 255 }).icmpv6({ type });
}

function solicitationRows(): Row[] {
  const { neighbourSolicitation, neighbourAdvertisement } = ND_TYPE;
  const solicitation = { target: IPV6.gateway, sourceMac: MAC.pod };
  const answer = (to: string): Packet =>
    eth(MAC.gateway, MAC.pod)
      .ipv6(IPV6.gateway, to, { hopLimit: 255 })
      .neighbour(
        { type: neighbourAdvertisement, rest: NA_FLAG.router + NA_FLAG.solicited + NA_FLAG.override },
        { target: IPV6.gateway, targetMac: MAC.gateway },
      );
  return [
    {
      name: "a solicitation for the gateway from the pod's address is answered",
      sent: nd(IPV6.pod, neighbourSolicitation, solicitation),
      verdict: 'ANSWER_ND',
      becomes: answer(IPV6.pod),
    },
    {
      name: "a solicitation for the gateway from the pod's link-local address is answered",
      sent: nd(POD_LINK_LOCAL, neighbourSolicitation, solicitation),
      verdict: 'ANSWER_ND',
      becomes: answer(POD_LINK_LOCAL),
    },
    {
      name: "a solicitation with another's address is spoofing",
      sent: nd(IPV6.sibling, neighbourSolicitation, solicitation),
      verdict: 'DROP_ND_SPOOF',
    },
    {
      name: "a solicitation with another's MAC inside is spoofing",
      sent: nd(IPV6.pod, neighbourSolicitation, { ...solicitation, sourceMac: MAC.stranger }),
      verdict: 'DROP_ND_SPOOF',
    },
    {
      name: 'a solicitation from an address that only begins like a link-local one is spoofing',
      sent: nd('fec0::ff:fe00:30a', neighbourSolicitation, solicitation),
      verdict: 'DROP_ND_SPOOF',
    },
    ...[IPV6.pod, POD_LINK_LOCAL].map(own => ({
      name: `a pod that asks for its own address ${own} is not answered`,
      sent: nd(own, neighbourSolicitation, { ...solicitation, target: own }),
      verdict: 'DROP_NEIGHBOUR',
    })),
    {
      name: 'a solicitation without a target is malformed',
      sent: shortMessage(neighbourSolicitation),
      verdict: 'DROP_MALFORMED',
    },
    {
      name: 'duplicate address detection is needed by nobody',
      sent: nd('::', neighbourSolicitation, { target: IPV6.pod }),
      verdict: 'DROP_NEIGHBOUR',
    },
  ];
}

function claimRows(): Row[] {
  const { neighbourAdvertisement, routerAdvertisement, redirect } = ND_TYPE;
  return [
    {
      name: "an advertisement of another's address is spoofing",
      sent: nd(
        IPV6.pod,
        neighbourAdvertisement,
        { target: IPV6.sibling, targetMac: MAC.pod },
        NA_FLAG.override,
      ),
      verdict: 'DROP_ND_SPOOF',
    },
    {
      name: "an advertisement of the pod's own address is needed by nobody",
      sent: nd(IPV6.pod, neighbourAdvertisement, { target: IPV6.pod, targetMac: MAC.pod }, NA_FLAG.override),
      verdict: 'DROP_NEIGHBOUR',
    },
    {
      name: "an advertisement of the pod's own address with another's MAC is spoofing",
      sent: nd(
        IPV6.pod,
        neighbourAdvertisement,
        { target: IPV6.pod, targetMac: MAC.stranger },
        NA_FLAG.override,
      ),
      verdict: 'DROP_ND_SPOOF',
    },
    {
      name: "an advertisement of another's link-local address is spoofing",
      sent: nd(
        IPV6.pod,
        neighbourAdvertisement,
        { target: IPV6.gateway, targetMac: MAC.pod },
        NA_FLAG.override,
      ),
      verdict: 'DROP_ND_SPOOF',
    },
    {
      name: 'an advertisement without a target is malformed',
      sent: shortMessage(neighbourAdvertisement),
      verdict: 'DROP_MALFORMED',
    },
    {
      name: 'a router advertisement is spoofing',
      sent: nd(POD_LINK_LOCAL, routerAdvertisement, { body: '00'.repeat(8), sourceMac: MAC.pod }),
      verdict: 'DROP_ND_SPOOF',
    },
    {
      name: 'a redirect is spoofing',
      sent: nd(POD_LINK_LOCAL, redirect, { target: IPV6.pod, destination: IPV6.outside }),
      verdict: 'DROP_ND_SPOOF',
    },
  ];
}

function chatterRows(): Row[] {
  const allMldv2Routers = eth(MAC.pod, '33:33:00:00:00:16').ipv6('::', 'ff02::16', { hopLimit: 1 });
  return [
    {
      name: 'a router solicitation is needed by nobody',
      sent: nd(POD_LINK_LOCAL, ND_TYPE.routerSolicitation, { sourceMac: MAC.pod }),
      verdict: 'DROP_NEIGHBOUR',
    },
    {
      name: 'an MLDv2 report behind a hop-by-hop header is needed by nobody',
      sent: allMldv2Routers
        .extension('hop-by-hop', { body: '050200000100' })
        .icmpv6({ type: ND_TYPE.multicastListenerReportV2, rest: 1 })
        .data(Buffer.from(`04000000ff02${'00'.repeat(13)}fb`, 'hex')),
      verdict: 'DROP_NEIGHBOUR',
    },
  ];
}
