import { DEVICE, FAMILIES, IPV4, IPV6, MAC, VNI, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import type { Ipv4 } from '../../support/packet/ipv4.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';
import { row } from './row.ts';

/** GRE. */
const WITHOUT_PORTS = 47;

/** A pod sends from its own device, MAC and addresses, or nothing. */
export const podTxSource: Table = {
  hook: 'pod_tx',
  title: 'a pod sends only as itself',
  context: { ifindex: DEVICE.pod },
  rows: [
    ...FAMILIES.flatMap(view => [...sourceRows(view), ...destinationRows(view)]),
    ...extensionRows(),
    ...formRows(),
  ],
};

function sourceRows(view: View): Row[] {
  const { family, pod } = view;
  const from = (mac: string, source: string): Packet =>
    eth(mac, MAC.gateway).ip(source, view.outside).udp(4000, 53, 'q');
  const refused = (what: string, source: string): Row =>
    row(`${family}: ${what} is refused`, from(MAC.pod, source), 'DROP_SOURCE_ADDRESS');
  return [
    row(`${family}: its own MAC and address pass`, from(MAC.pod, pod), 'PASS_HOST'),
    row(`${family}: another's MAC is refused`, from(MAC.sibling, pod), 'DROP_SOURCE_MAC'),
    row(`${family}: a made-up MAC is refused`, from(MAC.stranger, pod), 'DROP_SOURCE_MAC'),
    refused('the address of another pod of this node', view.sibling),
    refused('the address of a pod elsewhere', view.remotePod),
    refused('the address of the node', view.host),
    refused('an address that nobody has', view.nobody),
    {
      ...refused('its address under another VNI', pod),
      given: { ifaces: [{ ifindex: DEVICE.pod, mac: MAC.pod, podId: POD_ID.pod, vni: VNI + 1 }] },
    },
    {
      ...row(`${family}: a device without a pod sends nothing`, from(MAC.pod, pod), 'DROP_IFACE_UNKNOWN'),
      context: { ifindex: DEVICE.stranger },
    },
    {
      ...row(
        `${family}: nor does an uplink`,
        eth(MAC.pod, MAC.uplink).ip(pod, view.outside),
        'DROP_IFACE_UNKNOWN',
      ),
      context: { ifindex: DEVICE.uplink },
    },
  ];
}

function destinationRows(view: View): Row[] {
  const { family, pod, sibling, outside, multicast } = view;
  const to = (what: string, frame: Packet, verdict: string): Row =>
    row(`${family}: ${what}`, frame.udp(4000, 53, 'q'), verdict);
  return [
    to('multicast is not carried', fromPod(view, multicast), 'DROP_MULTICAST'),
    ...(family === 'ipv4'
      ? [to('nor is a broadcast', fromPod(view, '255.255.255.255'), 'DROP_MULTICAST')]
      : []),
    to(
      'an Ethernet broadcast is not carried',
      eth(MAC.pod, MAC.broadcast).ip(pod, outside),
      'DROP_DESTINATION_MAC',
    ),
    to(
      "a frame past the gateway, to another pod's MAC, is refused",
      eth(MAC.pod, MAC.sibling).ip(pod, sibling),
      'DROP_DESTINATION_MAC',
    ),
    ...nowhere(view).map(address =>
      to(`${address} is no address to send to`, fromPod(view, address), 'DROP_DESTINATION_ADDRESS'),
    ),
  ];
}

/** Loopback and unspecified. */
function nowhere(view: View): readonly string[] {
  return view.family === 'ipv4' ? ['127.0.0.1', '127.255.0.9', '0.0.0.0'] : ['::1', '::'];
}

/** What is no IP packet, or says so of itself. */
function formRows(): Row[] {
  const frame = eth(MAC.pod, MAC.gateway);
  const ipv4 = (what: string, options: Partial<Ipv4>): Row =>
    row(what, frame.ipv4(IPV4.pod, IPV4.remotePod, options).udp(1, 2), 'DROP_MALFORMED');
  return [
    row(
      'neither IP nor ARP is carried',
      eth(MAC.pod, MAC.gateway, { type: 0x88cc }).data('lldp'),
      'DROP_ETHERTYPE',
    ),
    row(
      'a VLAN tag hides nothing',
      eth(MAC.pod, MAC.gateway, { type: 0x8100 }).data(Buffer.from('00010800', 'hex')),
      'DROP_ETHERTYPE',
    ),
    ipv4('an IPv4 header of another version is malformed', { version: 6 }),
    ipv4('an IPv4 header shorter than 20 bytes is malformed', { headerWords: 4 }),
    ipv4('an IPv4 total length beyond the frame is malformed', { totalLength: 99 }),
    ipv4('an IPv4 total length that ends within the header is malformed', {
      totalLength: 19,
      protocol: WITHOUT_PORTS,
    }),
    row(
      'an IPv6 header of another version is malformed',
      frame.ipv6(IPV6.pod, IPV6.remotePod, { version: 4 }).udp(1, 2),
      'DROP_MALFORMED',
    ),
    row(
      'an IPv6 payload length beyond the frame is malformed',
      frame.ipv6(IPV6.pod, IPV6.remotePod, { payloadLength: 99 }).udp(1, 2),
      'DROP_MALFORMED',
    ),
    {
      name: 'a pod with IPv4 only has no IPv6 source of its own',
      given: { endpoints: [{ addr: IPV6.pod, kind: 'ENDPOINT_REMOTE_POD', node: 2 }] },
      sent: fromPod(IPV6, IPV6.outside).udp(4000, 53, 'q'),
      verdict: 'DROP_SOURCE_ADDRESS',
    },
  ];
}

/** As many headers as are followed, and one more. */
function extensionRows(): Row[] {
  const chain = (length: number): Packet =>
    Array.from({ length }).reduce<Packet>(
      packet => packet.extension('destination-options'),
      fromPod(IPV6, IPV6.sibling),
    );
  return [
    {
      name: 'seven extension headers are followed',
      sent: chain(7).udp(4000, 53, 'q'),
      verdict: 'REDIRECT_POD',
    },
    {
      name: 'a chain of extension headers without end is not followed',
      sent: chain(9).udp(4000, 53, 'q'),
      verdict: 'DROP_EXTENSION',
    },
    {
      name: 'an extension header longer than its packet is malformed',
      sent: fromPod(IPV6, IPV6.sibling).extension('hop-by-hop', { length: 200 }).udp(4000, 53, 'q'),
      verdict: 'DROP_MALFORMED',
    },
    {
      name: 'an IPv4 address in IPv6 clothes is no source',
      sent: eth(MAC.pod, MAC.gateway)
        .ipv6(`::ffff:${hex(IPV4.pod)}`, IPV6.sibling)
        .udp(4000, 53, 'q'),
      verdict: 'DROP_MALFORMED',
    },
    {
      name: 'an IPv4 address in IPv6 clothes is no destination',
      sent: fromPod(IPV6, `::ffff:${hex(IPV4.sibling)}`).udp(4000, 53, 'q'),
      verdict: 'DROP_MALFORMED',
    },
  ];
}

/** The last 32 bits of an IPv6 address. */
function hex(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
