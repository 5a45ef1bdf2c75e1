// A pod cannot speak VXLAN on the overlay's port: it would arrive at a node as another node's, whatever way it took.
import t from 'tap';
import { nodeNamed } from '../../../../lab/lab.ts';
import { gatewayMac, overlayMac } from '../../../../loader/model/derived-macs.ts';
import { listen } from '../../../support/datagram-listener.ts';
import { macOf } from '../../../support/device-mac.ts';
import { frameSender } from '../../../support/frame-sender.ts';
import { countedDuring } from '../../../support/counters.ts';
import { addressOf, mustExec, podNamed, testLab } from '../../../support/lab.ts';
import { nodeCounters } from '../../../support/node-counters.ts';
import { fragmentPacket } from '../../../support/packet/fragment-packet.ts';
import { bare, eth, type Packet } from '../../../support/packet/packet.ts';
import { VXLAN_PORT } from '../../../support/packet/vxlan.ts';
import { eachIsDropped, type HostileRow } from './row.ts';

const PORT = 7777;
const FRAGMENT_BYTES = 24;
const IPV4_AND_UDP_BYTES = 28;

const lab = await testLab(t);
const attacker = podNamed(lab, 'n1-p1');
const [near, far] = [podNamed(lab, 'n1-p2'), podNamed(lab, 'n2-p1')];
const [ownNode, remoteNode] = [nodeNamed(lab, 'n1'), nodeNamed(lab, 'n2')];
const counters = nodeCounters(t, ownNode);
const sender = await frameSender(t, attacker.netns, 'eth0');
const victims = [near, far, ownNode, remoteNode];
const listeners = await Promise.all(victims.map(({ netns }) => listen(t, netns, PORT)));

const fromPod = eth(await macOf(attacker, 'eth0'), gatewayMac('n1'));
const own = { 4: addressOf(attacker, 'ipv4'), 6: addressOf(attacker, 'ipv6') } as const;

const targets = [
  ["its own node's underlay address", 'n1', addressOf(ownNode, 'ipv4'), addressOf(ownNode, 'ipv6')],
  ["its own node's overlay address", 'n1', '10.244.1.1', 'fd00:244:0:1::1'],
  ["a remote node's underlay address", 'n2', addressOf(remoteNode, 'ipv4'), addressOf(remoteNode, 'ipv6')],
  ["a remote node's overlay address", 'n2', '10.244.2.1', 'fd00:244:0:2::1'],
  ['an address of a node that no table has', 'n2', '203.0.113.9', '2001:db8:113::9'],
  ['a pod', 'n2', addressOf(far, 'ipv4'), addressOf(far, 'ipv6')],
] as const;

/** Would bring a datagram to a pod of that node as if from the other node's pod, were it taken for a tunnel's. */
function tunnelled(outer: Packet, node: 'n1' | 'n2'): Packet {
  const [other, source, destination] =
    node === 'n1' ? (['n2', far, near] as const) : (['n1', near, far] as const);
  const inner = eth(overlayMac(other), overlayMac(node)).ip(
    addressOf(source, 'ipv4'),
    addressOf(destination, 'ipv4'),
  );
  return outer.udp(50_000, VXLAN_PORT).vxlan(1, inner.udp(5000, PORT, 'smuggled'));
}

const rows = targets.flatMap(([whose, node, to4, to6]): HostileRow[] =>
  [tunnelled(fromPod.ip(own[4], to4), node), tunnelled(fromPod.ip(own[6], to6), node)].flatMap(
    (packet, index) => {
      const title = `to ${whose}, ${index === 0 ? 'IPv4' : 'IPv6'}`;
      const pieces = fragmentPacket(packet, FRAGMENT_BYTES, index + 1);
      return [
        { title, packets: [packet], drops: ['pod_tx DROP_POD_TUNNEL × 1'] },
        {
          title: `in fragments, ${title}`,
          packets: pieces,
          drops: [`pod_tx DROP_POD_TUNNEL × ${pieces.length}`],
        },
        {
          // Without the first one, which has the ports, the rest never becomes a packet.
          title: `in fragments, the first one last, ${title}`,
          packets: fragmentPacket(packet, FRAGMENT_BYTES, index + 3).toReversed(),
          drops: ['pod_tx DROP_POD_TUNNEL × 1'],
        },
      ];
    },
  ),
);

t.test('VXLAN from a pod to a node is dropped', t => eachIsDropped(t, rows, { sender, counters }));

t.test(
  'VXLAN from outside that DNAT turns towards a node, as which it would be masqueraded, is dropped',
  async t => {
    const rules = `table ip outside {
    chain in { type nat hook prerouting priority dstnat; udp dport 9999 dnat to ${addressOf(remoteNode, 'ipv4')}:${VXLAN_PORT}; }
    chain out { type nat hook postrouting priority srcnat; ct status dnat masquerade; }
  }`;
    await mustExec(ownNode, 'nft', rules);
    const payload = tunnelled(bare().ip(own[4], own[4]), 'n2').bytes().subarray(IPV4_AND_UDP_BYTES);
    const send = `require('node:dgram').createSocket('udp4').send(
    Buffer.from('${payload.toString('hex')}', 'hex'), 9999, '${addressOf(ownNode, 'ipv4')}', () => process.exit())`;
    const dropped = await countedDuring(lab, 'n1', 'forward DROP_POD_TUNNEL', () =>
      mustExec(lab.outside, process.execPath, '-e', send),
    );
    t.equal(dropped, 1);
  },
);

t.test('a datagram arrives, and nothing that was smuggled', async t => {
  const honest = targets.slice(0, 3).map(([, , to4]) => fromPod.ip(own[4], to4));
  const toPods = [near, far].map(pod => fromPod.ip(own[6], addressOf(pod, 'ipv6')));
  const packets = [...honest, ...toPods].map(packet => packet.udp(5000, PORT, 'honest').bytes());
  await sender.send(packets);
  await Promise.all(listeners.map(listener => listener.hears('honest')));
  for (const [index, { heard }] of listeners.entries())
    t.strictSame([...new Set(heard)], ['honest'], victims[index]?.name ?? '');
});
