import { FAMILIES, DEVICE, IPV4, IPV6, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { eth, type Packet } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';

/** A pod sends from its own device, MAC and addresses, or nothing. */
export const podTxSource: Table = {
  hook: 'pod_tx',
  title: 'a pod sends only as itself',
  context: { ifindex: DEVICE.pod },
  rows: [
    ...FAMILIES.flatMap(rowsOf),
    ...extensionRows(),
    {
      name: 'neither IP nor ARP is carried',
      sent: eth(MAC.pod, MAC.gateway, { type: 0x88cc }).data('lldp'),
      verdict: 'DROP_ETHERTYPE',
    },
    {
      name: 'a VLAN tag hides nothing',
      sent: eth(MAC.pod, MAC.gateway, { type: 0x8100 }).data(Buffer.from('00010800', 'hex')),
      verdict: 'DROP_ETHERTYPE',
    },
    {
      name: 'a pod with IPv4 only has no IPv6 source of its own',
      given: { endpoints: [{ addr: IPV6.pod, kind: 'ENDPOINT_REMOTE_POD', node: 2 }] },
      sent: fromPod(IPV6, IPV6.outside).udp(4000, 53, 'q'),
      verdict: 'DROP_SOURCE_ADDRESS',
    },
    {
      name: 'an IPv4 header of another version is malformed',
      sent: eth(MAC.pod, MAC.gateway).ipv4(IPV4.pod, IPV4.remotePod, { version: 6 }).udp(1, 2),
      verdict: 'DROP_MALFORMED',
    },
    {
      name: 'an IPv4 header shorter than 20 bytes is malformed',
      sent: eth(MAC.pod, MAC.gateway).ipv4(IPV4.pod, IPV4.remotePod, { headerWords: 4 }).udp(1, 2),
      verdict: 'DROP_MALFORMED',
    },
    {
      name: 'an IPv4 total length beyond the frame is malformed',
      sent: eth(MAC.pod, MAC.gateway).ipv4(IPV4.pod, IPV4.remotePod, { totalLength: 99 }).udp(1, 2),
      verdict: 'DROP_MALFORMED',
    },
    {
      name: 'an IPv6 payload length beyond the frame is malformed',
      sent: eth(MAC.pod, MAC.gateway).ipv6(IPV6.pod, IPV6.remotePod, { payloadLength: 99 }).udp(1, 2),
      verdict: 'DROP_MALFORMED',
    },
  ],
};

function rowsOf(view: View): Row[] {
  const { family } = view;
  const from = (mac: string, source: string) =>
    eth(mac, MAC.gateway).ip(source, view.outside).udp(4000, 53, 'q');
  return [
    { name: `${family}: its own MAC and address pass`, sent: from(MAC.pod, view.pod), verdict: 'PASS_HOST' },
    {
      name: `${family}: another's MAC is refused`,
      sent: from(MAC.sibling, view.pod),
      verdict: 'DROP_SOURCE_MAC',
    },
    {
      name: `${family}: a made-up MAC is refused`,
      sent: from(MAC.stranger, view.pod),
      verdict: 'DROP_SOURCE_MAC',
    },
    {
      name: `${family}: the address of another pod of this node is refused`,
      sent: from(MAC.pod, view.sibling),
      verdict: 'DROP_SOURCE_ADDRESS',
    },
    {
      name: `${family}: the address of a pod elsewhere is refused`,
      sent: from(MAC.pod, view.remotePod),
      verdict: 'DROP_SOURCE_ADDRESS',
    },
    {
      name: `${family}: the address of the node is refused`,
      sent: from(MAC.pod, view.host),
      verdict: 'DROP_SOURCE_ADDRESS',
    },
    {
      name: `${family}: an address that nobody has is refused`,
      sent: from(MAC.pod, view.nobody),
      verdict: 'DROP_SOURCE_ADDRESS',
    },
    {
      name: `${family}: the same address in another segment is not the pod's`,
      given: { ports: [{ ifindex: DEVICE.pod, mac: MAC.pod, slot: 1, segment: 8 }] },
      sent: from(MAC.pod, view.pod),
      verdict: 'DROP_SOURCE_ADDRESS',
    },
    {
      name: `${family}: a device without a registered pod sends nothing`,
      context: { ifindex: DEVICE.stranger },
      sent: from(MAC.pod, view.pod),
      verdict: 'DROP_PORT_UNKNOWN',
    },
    {
      name: `${family}: multicast is not carried`,
      sent: fromPod(view, view.multicast).udp(4000, 5353, 'q'),
      verdict: 'DROP_MULTICAST',
    },
    {
      name: `${family}: an Ethernet broadcast is not carried`,
      sent: eth(MAC.pod, MAC.broadcast).ip(view.pod, view.outside).udp(4000, 53, 'q'),
      verdict: 'DROP_DESTINATION_MAC',
    },
    {
      name: `${family}: a frame past the gateway, to another pod's MAC, is refused`,
      sent: eth(MAC.pod, MAC.sibling).ip(view.pod, view.sibling).udp(4000, 53, 'q'),
      verdict: 'DROP_DESTINATION_MAC',
    },
    ...nowhere(view).map(destination => ({
      name: `${family}: ${destination} is no address to send to`,
      sent: fromPod(view, destination).udp(4000, 53, 'q'),
      verdict: 'DROP_DESTINATION_ADDRESS',
    })),
  ];
}

/** Loopback and unspecified. */
function nowhere(view: View): readonly string[] {
  return view.family === 'ipv4' ? ['127.0.0.1', '127.255.0.9', '0.0.0.0'] : ['::1', '::'];
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
      verdict: 'DELIVER_POD',
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
