import '../support/bpf/own-netns.ts';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  DEVICE,
  FAMILIES,
  IPV4,
  MAC,
  OVERLAY6_NODE,
  VNI,
  VXLAN_PORT,
  type View,
} from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { diffPackets } from '../support/packet/diff.ts';
import { fragmentPacket } from '../support/packet/fragment-packet.ts';
import { bare, eth, packetOf, type Packet } from '../support/packet/packet.ts';
import { until } from '../support/until.ts';
import { outOfTunnel } from './tables/tunnel.ts';

// uplink_rx stands on the uplink alone: what comes by the second NIC, in fragments or over loopback, is for the
// kernel's vxlan and so for overlay_rx.
const live = await openLive([
  { hook: 'overlay_rx', ifindex: DEVICE.overlay },
  { hook: 'uplink_rx', ifindex: DEVICE.uplink },
]);
t.teardown(() => live[Symbol.dispose]());

function bySecondNic(packet: Packet): Packet {
  const [, ...rest] = packet.layers;
  return eth(MAC.remoteUplink, MAC.nic2).with({ ...packet, layers: rest });
}

/** Its header claims more bytes than there are. */
function overlong(view: View): Packet {
  return view.family === 'ipv4'
    ? bare().ipv4(view.remotePod, view.pod, { totalLength: 400 }).udp(1, 2)
    : bare().ipv6(view.remotePod, view.pod, { payloadLength: 400 }).udp(1, 2);
}

/** RFC 7348 section 6.1: such a frame is discarded. */
function taggedInside(inner: Packet, view: View, tag: number): Packet {
  const words = Buffer.alloc(4);
  words.writeUInt16BE(tag);
  words.writeUInt16BE(view.family === 'ipv4' ? 0x0800 : 0x86dd, 2);
  const frame = eth(MAC.remoteOverlay, MAC.overlay, { type: 0x8100 }).data(
    Buffer.concat([words, inner.bytes()]),
  );
  return eth(MAC.remoteUplink, MAC.uplink)
    .ip(IPV4.overlayNode, IPV4.own)
    .udp(50_000, VXLAN_PORT, undefined, { checksum: 0 })
    .vxlan(VNI, frame);
}

for (const view of FAMILIES) {
  const inner = bare().ip(view.remotePod, view.pod, { ecn: 2 }).udp(53, 4000, 'answer');
  const cases: readonly (readonly [string, Packet, string])[] = [
    ['to a pod', outOfTunnel(inner), 'REDIRECT_POD'],
    ['to this node', outOfTunnel(bare().ip(view.remotePod, view.host).echo(7)), 'PASS_VALIDATED_TUNNEL'],
    [
      'over IPv6',
      outOfTunnel(bare().ip(view.pod6, view.pod).echo(7), { from: OVERLAY6_NODE }),
      'REDIRECT_POD',
    ],
    ['from no node', outOfTunnel(inner, { from: IPV4.stranger }), 'DROP_TUNNEL_SOURCE'],
    ['of another VNI', outOfTunnel(inner, { vni: VNI + 1 }), 'DROP_TUNNEL_VNI'],
    [
      "of another node's pod",
      outOfTunnel(bare().ip(view.farPod, view.pod).echo(7)),
      'DROP_TUNNEL_INNER_SOURCE',
    ],
    [
      "of this node's pod",
      outOfTunnel(bare().ip(view.sibling, view.pod).echo(7)),
      'DROP_TUNNEL_INNER_SOURCE',
    ],
    [
      'to nobody here',
      outOfTunnel(bare().ip(view.remotePod, view.farPod).echo(7)),
      'DROP_TUNNEL_DESTINATION',
    ],
    ['an inner header that claims too much', outOfTunnel(overlong(view)), 'DROP_TUNNEL_MALFORMED'],
    ['an inner frame of a VLAN', taggedInside(inner, view, 7), 'DROP_TUNNEL_MALFORMED'],
    ['an inner frame with a priority tag', taggedInside(inner, view, 0), 'DROP_TUNNEL_MALFORMED'],
  ];
  for (const [what, packet, verdict] of cases) {
    t.test(`a tunnel packet by a second NIC, ${view.family}, ${what}: ${verdict}`, async t => {
      const { verdicts } = await live.send('wire2', [bySecondNic(packet)], 1);
      t.same(verdicts, [`overlay_rx ${verdict}`]);
    });
    t.test(`a tunnel packet in outer fragments, ${view.family}, ${what}: ${verdict}`, async t => {
      const pieces = fragmentPacket(packet, 32);
      const { verdicts } = await live.send('wire', pieces, pieces.length + 1);
      const passed = pieces.map(() => 'uplink_rx PASS_UNMANAGED');
      t.same(verdicts, [`overlay_rx ${verdict}`, ...passed]);
    });
  }

  t.test(`what the kernel decapsulated reaches the pod, ${view.family}`, async t => {
    const { frames } = await live.send('wire2', [bySecondNic(outOfTunnel(inner))], 1, 1);
    const want = eth(MAC.gateway, MAC.pod)
      .ip(view.remotePod, view.pod, { ttl: 63, ecn: 2 })
      .udp(53, 4000, 'answer');
    const got = frames.find(frame => frame.ifindex === FAR.pod);
    t.same(diffPackets(want.bytes(), got?.packet ?? Buffer.alloc(0)), []);
  });
}

/** A node whose overlay device has another MAC since, as far as the sender has not heard. */
function forFormerMac(inner: Packet): Packet {
  const [ethernet, ...rest] = bySecondNic(outOfTunnel(inner)).layers;
  const renamed = rest.map(layer =>
    layer.name === 'ethernet' ? { ...layer, fields: { ...layer.fields, destination: MAC.stranger } } : layer,
  );
  return packetOf(ethernet === undefined ? renamed : [ethernet, ...renamed]);
}

for (const view of FAMILIES) {
  t.test(`${view.family}: what names another MAC inside is taken in by the pod all the same`, async t => {
    const inner = bare().ip(view.remotePod, view.pod).udp(53, 4000, 'answer');
    const { verdicts, frames } = await live.send('wire2', [forFormerMac(inner)], 1, 1);
    t.same(verdicts, ['overlay_rx REDIRECT_POD']);
    t.same(
      frames.map(({ ifindex, isForDevice }) => [ifindex, isForDevice]),
      [[FAR.pod, true]],
    );
  });

  t.test(`${view.family}: and by this node`, async t => {
    const before = echoesReceived(view);
    const inner = bare().ip(view.remotePod, view.host).echo(7);
    const { verdicts } = await live.send('wire2', [forFormerMac(inner)], 1);
    t.same(verdicts, ['overlay_rx PASS_VALIDATED_TUNNEL']);
    t.ok(await until(() => echoesReceived(view) === before + 1), 'its stack reads it');
  });
}

/** By the stack of this network namespace, as /proc/net counts them. */
function echoesReceived({ family }: View): number {
  if (family === 'ipv6')
    return Number(/Icmp6InEchos\s+(\d+)/.exec(readFileSync('/proc/net/snmp6', 'utf8'))?.[1]);
  const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter(line => line.startsWith('Icmp: '));
  return Number(values.split(' ')[names.split(' ').indexOf('InEchos')]);
}

t.test('a process of this node that sends VXLAN to its own address is no node', async t => {
  const packet = bare().vxlan(VNI, eth(MAC.stranger, MAC.overlay).ip(IPV4.remotePod, IPV4.pod).udp(1, 2));
  const socket = createSocket('udp4');
  const { verdicts } = await live.observe(() => socket.send(packet.bytes(), VXLAN_PORT, IPV4.own), 1);
  socket.close();
  t.same(verdicts, ['overlay_rx DROP_TUNNEL_SOURCE']);
});
