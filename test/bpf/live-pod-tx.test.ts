import '../support/bpf/own-netns.ts';
import t from 'tap';
import { DEVICE, FAMILIES, IPV4, MAC, type View } from '../support/bpf/cluster.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { diffPackets } from '../support/packet/diff.ts';
import { bare, eth, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';
import { intoTunnel } from './tables/tunnel.ts';

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'overlay_tx', ifindex: DEVICE.overlay },
]);
t.teardown(() => live[Symbol.dispose]());

/** Offsets in a frame, of the IPv4 header (RFC 791). */
const OUTER = { identification: 18, flags: 20 } as const;

interface Expected {
  readonly what: string;
  readonly sent: Packet;
  readonly verdict: string;
  readonly at: keyof typeof FAR;
  readonly frame: Packet;
  readonly anything?: readonly string[];
}

function expectations(view: View): readonly Expected[] {
  const { pod, sibling, remotePod, farPod, directPod, farDirectPod } = view;
  const hop = (to: string): Packet => bare().ip(pod, to, { ttl: 63 }).udp(4000, 53, 'q');
  const sent = (to: string): Packet => fromPod(view, to).udp(4000, 53, 'q');
  const plain = (mac: string, to: string): Packet => eth(MAC.uplink, mac).with(hop(to));
  const anything = ['udp sourcePort', 'ipv4 id'];
  const routed = intoTunnel(IPV4.farOverlayNode, hop(farPod));
  return [
    {
      ...{ what: 'its sibling', sent: sent(sibling), verdict: 'REDIRECT_POD', at: 'sibling' },
      frame: eth(MAC.gateway, MAC.sibling).with(hop(sibling)),
    },
    {
      ...{ what: 'a pod behind the overlay', sent: sent(remotePod), verdict: 'REDIRECT_OVERLAY', at: 'wire' },
      frame: intoTunnel(IPV4.overlayNode, hop(remotePod)),
      anything,
    },
    {
      ...{
        what: 'a pod behind overlay and router',
        sent: sent(farPod),
        verdict: 'REDIRECT_OVERLAY',
        at: 'wire',
      },
      frame: eth(MAC.uplink, MAC.router).with({ ...routed, layers: routed.layers.slice(1) }),
      anything,
    },
    {
      ...{ what: 'a pod on a direct route', sent: sent(directPod), verdict: 'REDIRECT_DIRECT', at: 'wire' },
      frame: plain(MAC.directUplink, directPod),
    },
    {
      ...{ what: 'a pod on a direct route behind a router', sent: sent(farDirectPod), at: 'wire' },
      verdict: 'REDIRECT_DIRECT',
      frame: plain(MAC.router, farDirectPod),
    },
  ];
}

for (const view of FAMILIES) {
  for (const { what, sent, verdict, at, frame, anything = [] } of expectations(view)) {
    t.test(`${view.family}: a pod's packet leaves for ${what} as ${verdict} says`, async t => {
      const { verdicts, frames } = await live.send('pod', [sent], 1, 1);
      t.same(verdicts, [`pod_tx ${verdict}`]);
      const got = frames.find(({ ifindex }) => ifindex === FAR[at]);
      t.same(diffPackets(frame.bytes(), got?.packet ?? Buffer.alloc(0), { ignore: anything }), []);
    });
  }

  t.test(`${view.family}: outer packets that a path may cut up are told apart`, async t => {
    const packets = Array.from({ length: 8 }, () => fromPod(view, view.remotePod).udp(4000, 53, 'q'));
    const { frames } = await live.send('pod', packets, 8, 8);
    const outer = frames.filter(({ ifindex }) => ifindex === FAR.wire).map(({ packet }) => packet);
    const flags = outer.map(packet => packet.readUInt16BE(OUTER.flags));
    t.strictSame(flags, Array<number>(8).fill(0), 'without DF');
    const ids = new Set(outer.map(packet => packet.readUInt16BE(OUTER.identification)));
    t.ok(ids.size >= 7, `${ids.size} identifications of 8 packets`);
  });

  t.test(`${view.family}: a frame that ends within its IP header is malformed`, async t => {
    const whole = fromPod(view, view.sibling).udp(4000, 53, 'q');
    const headers = view.family === 'ipv4' ? 34 : 54;
    for (let length = 14; length < headers; length++) {
      const piece = { ...whole, bytes: () => whole.bytes().subarray(0, length) };
      const { verdicts } = await live.send('pod', [piece], 1);
      t.same(verdicts, ['pod_tx DROP_MALFORMED'], `${length} bytes`);
    }
  });
}

t.test('an ARP request for the gateway is answered at the pod', async t => {
  const NO_MAC = '00:00:00:00:00:00';
  const asked = { senderMac: MAC.pod, senderIp: IPV4.pod, targetMac: NO_MAC, targetIp: IPV4.gateway };
  const request = eth(MAC.pod, MAC.broadcast).arp('request', asked);
  const { verdicts, frames } = await live.send('pod', [request], 1, 1);
  t.same(verdicts, ['pod_tx ANSWER_ARP']);
  const told = { senderMac: MAC.gateway, senderIp: IPV4.gateway, targetMac: MAC.pod, targetIp: IPV4.pod };
  const reply = eth(MAC.gateway, MAC.pod).arp('reply', told);
  t.same(
    diffPackets(reply.bytes(), frames.find(({ ifindex }) => ifindex === FAR.pod)?.packet ?? Buffer.alloc(0)),
    [],
  );
});
