// A pod sends only as itself and only to where packets can go: anything else is dropped at its own device.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { gatewayMac } from '../../../../loader/model/derived-macs.ts';
import { listen } from '../../../support/datagram-listener.ts';
import { macOf } from '../../../support/device-mac.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { addressOf, podNamed, testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { eth, type Packet } from '../../../support/packet/packet.ts';
import { eachIsDropped, type HostileRow } from './row.ts';

const PORT = 7777;
const FOREIGN_MAC = '02:00:00:00:66:66';
const BROADCAST = 'ff:ff:ff:ff:ff:ff';

const lab = await testLab(t);
const attacker = podNamed(lab, 'n1-p1');
const neighbour = podNamed(lab, 'n1-p2');
const remote = podNamed(lab, 'n2-p1');
const [ownNode, remoteNode] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
const counters = nodeCounters(t, ownNode);
const sender = await frameSender(t, attacker.netns, 'eth0');
const victims = [neighbour, remote, ownNode, remoteNode];
const listeners = await Promise.all(victims.map(({ netns }) => listen(t, netns, PORT)));

const mac = await macOf(attacker, 'eth0');
const gateway = gatewayMac('n1');
const [own4, own6] = [addressOf(attacker, 'ipv4'), addressOf(attacker, 'ipv6')];
const [near4, near6] = [addressOf(neighbour, 'ipv4'), addressOf(neighbour, 'ipv6')];
const [far4, far6] = [addressOf(remote, 'ipv4'), addressOf(remote, 'ipv6')];
const fromPod = eth(mac, gateway);

/** A datagram that would be heard if it arrived. */
function row(title: string, packet: Packet, verdict: string): HostileRow {
  const drops = [`pod_tx ${verdict} × 1`];
  return { title, packets: [packet.udp(5000, PORT, title)], drops };
}

const FOREIGN_SOURCES = [
  ["its neighbour's address", near4, near6],
  ["a remote pod's address", far4, far6],
  ["its own node's underlay address", addressOf(ownNode, 'ipv4'), addressOf(ownNode, 'ipv6')],
  ["its own node's overlay address", '10.244.1.1', 'fd00:244:0:1::1'],
  ["a remote node's underlay address", addressOf(remoteNode, 'ipv4'), addressOf(remoteNode, 'ipv6')],
  ["a remote node's overlay address", '10.244.2.1', 'fd00:244:0:2::1'],
  ['an address from outside', '198.51.100.2', '2001:db8:100::2'],
  ['an address that nobody has', '10.244.1.250', 'fd00:244:0:1::fafa'],
  ['loopback', '127.0.0.1', '::1'],
  ['no address', '0.0.0.0', '::'],
  ['multicast', '224.0.0.1', 'ff02::1'],
  ['a link-local address', '169.254.1.1', 'fe80::1'],
] as const;

t.test('a source address that is not its own', t =>
  eachIsDropped(
    t,
    FOREIGN_SOURCES.flatMap(([whose, source4, source6]) => [
      row(`${whose}, to its neighbour`, fromPod.ip(source4, near4), 'DROP_SOURCE_ADDRESS'),
      row(`${whose}, to its neighbour, IPv6`, fromPod.ip(source6, near6), 'DROP_SOURCE_ADDRESS'),
      row(`${whose}, to a remote pod`, fromPod.ip(source4, far4), 'DROP_SOURCE_ADDRESS'),
      row(`${whose}, to its node, IPv6`, fromPod.ip(source6, 'fd00:244:0:1::1'), 'DROP_SOURCE_ADDRESS'),
    ]),
    { sender, counters },
  ),
);

t.test('a source MAC that is not its own', t =>
  eachIsDropped(
    t,
    [
      row("a stranger's", eth(FOREIGN_MAC, gateway).ip(own4, near4), 'DROP_SOURCE_MAC'),
      row("a stranger's, IPv6", eth(FOREIGN_MAC, gateway).ip(own6, near6), 'DROP_SOURCE_MAC'),
      row("its gateway's", eth(gateway, gateway).ip(own4, near4), 'DROP_SOURCE_MAC'),
    ],
    { sender, counters },
  ),
);

t.test('a destination that no packet can go to', async t => {
  const neighbourMac = await macOf(neighbour, 'eth0');
  await eachIsDropped(
    t,
    [
      row("its neighbour's MAC", eth(mac, neighbourMac).ip(own4, near4), 'DROP_DESTINATION_MAC'),
      row("everybody's MAC", eth(mac, BROADCAST).ip(own6, near6), 'DROP_DESTINATION_MAC'),
      row("its node's loopback", fromPod.ip(own4, '127.0.0.1'), 'DROP_DESTINATION_ADDRESS'),
      row("its node's loopback, IPv6", fromPod.ip(own6, '::1'), 'DROP_DESTINATION_ADDRESS'),
      row('no address', fromPod.ip(own4, '0.0.0.0'), 'DROP_DESTINATION_ADDRESS'),
      row('no address, IPv6', fromPod.ip(own6, '::'), 'DROP_DESTINATION_ADDRESS'),
      row('multicast', eth(mac, '01:00:5e:00:00:fb').ip(own4, '224.0.0.251'), 'DROP_MULTICAST'),
      row('multicast, IPv6', eth(mac, '33:33:00:00:00:fb').ip(own6, 'ff02::fb'), 'DROP_MULTICAST'),
      row('limited broadcast', eth(mac, BROADCAST).ip(own4, '255.255.255.255'), 'DROP_MULTICAST'),
    ],
    { sender, counters },
  );
});

t.test('a frame that is neither IP nor ARP', t =>
  eachIsDropped(
    t,
    [
      {
        title: 'LLDP',
        packets: [eth(mac, BROADCAST, { type: 0x88cc }).data('lldp')],
        drops: ['pod_tx DROP_ETHERTYPE × 1'],
      },
      {
        title: 'an IPv4 packet behind a VLAN tag',
        packets: [eth(mac, gateway, { type: 0x8100 }).data(taggedDatagram())],
        drops: ['pod_tx DROP_ETHERTYPE × 1'],
      },
    ],
    { sender, counters },
  ),
);

t.test('what is honest, sent in the same way, arrives; and nothing else has', async t => {
  const honest = [
    fromPod.ip(own4, near4).udp(5000, PORT, 'to the neighbour'),
    fromPod.ip(own6, far6).udp(5000, PORT, 'to the remote pod'),
    fromPod.ip(own4, addressOf(ownNode, 'ipv4')).udp(5000, PORT, 'to its node'),
    fromPod.ip(own6, addressOf(remoteNode, 'ipv6')).udp(5000, PORT, 'to the remote node'),
  ];
  await sender.send(honest.map(packet => packet.bytes()));
  const expected = ['to the neighbour', 'to the remote pod', 'to its node', 'to the remote node'];
  await Promise.all(listeners.map((listener, index) => listener.hears(expected[index] ?? '')));
  t.strictSame(
    listeners.map(listener => listener.heard),
    expected.map(text => [text]),
  );
});

/** VLAN 5, then the datagram as it would be without. */
function taggedDatagram(): Buffer {
  const plain = fromPod.ip(own4, near4).udp(5000, PORT, 'tagged').bytes();
  return Buffer.concat([Buffer.from('00050800', 'hex'), plain.subarray(14)]);
}
