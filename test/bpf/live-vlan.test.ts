// 802.1Q tags as devices bring them: the kernel takes the outermost off the frame before a program sees it.
import '../support/bpf/own-netns.ts';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { loadObject, readObject } from 'libbpf-ts';
import t from 'tap';
import { DEVICE, FAMILIES, IPV4, MAC } from '../support/bpf/cluster.ts';
import { openLive } from '../support/bpf/live.ts';
import { objectPath } from '../support/bpf/object-path.ts';
import { bare, eth, type Packet } from '../support/packet/packet.ts';
import { outOfTunnel } from './tables/tunnel.ts';

const ETHERTYPE = { vlan: 0x8100, serviceVlan: 0x88a8 } as const;
/** Priority 5: VLAN 0 is a number of its own. */
const PRIORITY = 0xa000;
const VLAN_7 = 7;

const live = await openLive([
  { hook: 'uplink_rx', ifindex: DEVICE.uplink },
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'pod_rx', ifindex: DEVICE.pod },
]);
t.teardown(() => live[Symbol.dispose]());

/** Puts tags, the outermost first, between the Ethernet header and what it carries. */
function tagged(packet: Packet, tags: readonly number[], type: number = ETHERTYPE.vlan): Packet {
  const bytes = packet.bytes();
  const words = [...tags.flatMap((tag, i) => (i === 0 ? [type, tag] : [ETHERTYPE.vlan, tag]))];
  const header = Buffer.alloc(words.length * 2);
  for (const [i, word] of words.entries()) header.writeUInt16BE(word, i * 2);
  return { ...bare(), bytes: () => Buffer.concat([bytes.subarray(0, 12), header, bytes.subarray(12)]) };
}

for (const view of FAMILIES) {
  const answer = bare().ip(view.remotePod, view.pod).udp(53, 4000, 'answer');
  const forged = eth(MAC.remoteUplink, MAC.uplink).ip(view.remotePod, view.own).udp(53, 4000, 'forged');
  const direct = eth(MAC.directUplink, MAC.uplink).ip(view.directPod, view.pod).udp(53, 4000, 'plain');
  const wrongMac = eth(MAC.stranger, MAC.uplink).ip(view.directPod, view.pod).udp(53, 4000, 'plain');
  const sent = eth(MAC.pod, MAC.gateway).ip(view.pod, view.sibling).udp(4000, 53, 'q');
  const spoofed = eth(MAC.pod, MAC.gateway).ip(view.outside, view.sibling).udp(4000, 53, 'q');

  for (const type of [ETHERTYPE.vlan, ETHERTYPE.serviceVlan])
    t.test(`${view.family}: a priority tag (0x${type.toString(16)}) changes no verdict`, async t => {
      const rows: readonly (readonly ['wire' | 'pod', Packet, string, number])[] = [
        ['wire', outOfTunnel(answer), 'uplink_rx REDIRECT_POD', 1],
        ['wire', direct, 'uplink_rx REDIRECT_POD', 1],
        ['wire', forged, 'uplink_rx DROP_NATIVE_SOURCE', 0],
        ['wire', wrongMac, 'uplink_rx DROP_NATIVE_MAC', 0],
        ['pod', sent, 'pod_tx REDIRECT_POD', 1],
        ['pod', spoofed, 'pod_tx DROP_SOURCE_ADDRESS', 0],
      ];
      for (const [from, packet, verdict, frames] of rows) {
        const seen = await live.send(from, [tagged(packet, [PRIORITY], type)], 1, frames);
        t.same(seen.verdicts, [verdict]);
        t.equal(seen.frames.length, frames, `${verdict}: ${frames} frames arrive`);
      }
    });

  t.test(
    `${view.family}: a second priority tag, which the stack would take off as well, is dropped`,
    async t => {
      for (const tags of [
        [PRIORITY, PRIORITY],
        [PRIORITY, 0, 0],
      ]) {
        t.same((await live.send('wire', [tagged(forged, tags)], 1)).verdicts, ['uplink_rx DROP_ETHERTYPE']);
        t.same((await live.send('pod', [tagged(sent, tags)], 1)).verdicts, ['pod_tx DROP_ETHERTYPE']);
      }
    },
  );

  t.test(`${view.family}: a frame of a VLAN is that VLAN's on the wire, and nobody's from a pod`, async t => {
    for (const tags of [[VLAN_7], [PRIORITY, VLAN_7]]) {
      t.same((await live.send('wire', [tagged(forged, tags)], 1)).verdicts, ['uplink_rx PASS_UNMANAGED']);
      t.same((await live.send('pod', [tagged(sent, tags)], 1)).verdicts, ['pod_tx DROP_ETHERTYPE']);
    }
  });
}

t.test("what a VLAN device on the pod's own sends is not the pod's", async t => {
  using object = loadObject(readObject(readFileSync(objectPath('live'))));
  const target = { ifindex: DEVICE.pod, direction: 'egress', first: true } as const;
  const link = object.program('tag').attachTcx(target);
  t.teardown(() => link[Symbol.dispose]());
  const socket = createSocket('udp4');
  const { verdicts, frames } = await live.observe(() => socket.send('q', 53, IPV4.pod), 1);
  socket.close();
  t.same(verdicts, ['pod_rx DROP_ETHERTYPE']);
  t.same(frames, []);
});
