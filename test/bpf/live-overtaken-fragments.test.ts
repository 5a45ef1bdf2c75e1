// The pieces of one datagram of a flow that netfilter translates, in whatever order they come: all take one way, to the stack,
// which gathers and translates the whole.
import '../support/bpf/own-netns.ts';
import t from 'tap';
import { DEVICE, FAMILIES, IPV4, MAC, POD_ID, type View } from '../support/bpf/cluster.ts';
import { ip } from '../support/bpf/devices.ts';
import type { Given } from '../support/bpf/given.ts';
import { FAR, openLive } from '../support/bpf/live.ts';
import { translate } from '../support/bpf/nat.ts';
import { ANY_PEER, IDENTITY, allow, deny, podWith, together } from '../support/bpf/policy-given.ts';
import { decode } from '../support/packet/decode.ts';
import { fragmentPacket } from '../support/packet/fragment-packet.ts';
import { IP_PROTOCOL } from '../support/packet/numbers.ts';
import { bare, eth, type Packet } from '../support/packet/packet.ts';
import { fromPod } from './tables/pod.ts';
import { outOfTunnel } from './tables/tunnel.ts';

const SERVICE_PORT = 80;
const BACKEND_PORT = 8_080;
const PIECE = 64;
/** Three pieces. */
const ANSWER = 'answer '.repeat(22);
const UDP_HEADER = 8;
/** Where a piece's bytes begin in its frame, and where it says which they are. */
const PIECE_AT = {
  ipv4: { headers: 34, offset: 20, mask: 0x1fff },
  ipv6: { headers: 62, offset: 56, mask: 0xfff8 },
} as const;

const live = await openLive([
  { hook: 'pod_tx', ifindex: DEVICE.pod },
  { hook: 'pod_tx', ifindex: DEVICE.sibling },
  { hook: 'pod_rx', ifindex: DEVICE.pod },
  { hook: 'pod_rx', ifindex: DEVICE.sibling },
  { hook: 'uplink_rx', ifindex: DEVICE.uplink },
  { hook: 'overlay_tx', ifindex: DEVICE.overlay },
  { hook: 'forward', ifindex: 0 },
]);
t.teardown(() => live[Symbol.dispose]());
ip(FAMILIES.map(view => `route add ${view.remotePod} dev heddle0`));
translate(
  FAMILIES.flatMap(view => [
    {
      view,
      to: service(view, 'sibling'),
      port: SERVICE_PORT,
      backend: view.sibling,
      backendPort: BACKEND_PORT,
    },
    {
      view,
      to: service(view, 'remotePod'),
      port: SERVICE_PORT,
      backend: view.remotePod,
      backendPort: BACKEND_PORT,
    },
  ]),
);

type Backend = 'sibling' | 'remotePod';

/** Addresses that nothing but netfilter knows. */
function service(view: View, backend: Backend): string {
  const last = backend === 'sibling' ? '10' : '11';
  return view.family === 'ipv4' ? `203.0.113.${last}` : `2001:db8:f::${last}`;
}

/** The pod may ask the backend, and nobody may ask the pod. */
function policies(backend: Backend): Partial<Given> {
  const rows = [allow(2, { protocol: IP_PROTOCOL.udp, port: BACKEND_PORT }), deny(3)];
  const egress = { [ANY_PEER]: [deny(1)], [IDENTITY[backend]]: rows };
  return together(podWith({ podId: POD_ID.pod, egress, ingress: { [ANY_PEER]: [deny(4)] } }));
}

const ORDERS = {
  'in order': [0, 1, 2],
  'the last one first': [2, 1, 0],
  'the first one between': [1, 0, 2],
  'the first one last': [1, 2, 0],
} as const;

let sourcePort = 5_000;

for (const view of FAMILIES)
  for (const backend of ['sibling', 'remotePod'] as const) {
    const to = `${view.family}, from ${backend === 'sibling' ? 'the same node' : 'another node'}`;

    const ask = async (): Promise<number> => {
      live.fill(policies(backend));
      const port = ++sourcePort;
      const question = fromPod(view, service(view, backend)).udp(port, SERVICE_PORT, 'question');
      await live.send('pod', [question], 3, 1);
      return port;
    };
    const pieces = (port: number, text = ANSWER, id = port): Packet[] => {
      const answer = bare().ip(view[backend], view.pod).udp(BACKEND_PORT, port, text);
      return fragmentPacket(answer, PIECE, id).map(piece =>
        backend === 'sibling'
          ? eth(MAC.sibling, MAC.gateway).with(piece)
          : outOfTunnel(piece, { from: IPV4.overlayNode }),
      );
    };
    /** What the pod hears of it, of whom. */
    const heard = async (packets: readonly Packet[], frames: number): Promise<string> => {
      const from = backend === 'sibling' ? 'sibling' : 'wire';
      // Each is counted where it comes in; what was gathered at forward, and each piece of that at the pod's device.
      const seen = await live.send(from, packets, packets.length + (frames > 0 ? 1 : 0) + frames, frames);
      return seen.frames
        .filter(({ ifindex }) => ifindex === FAR.pod)
        .map(({ packet }) => textOf(view, service(view, backend), packet))
        .join('');
    };

    for (const [name, order] of Object.entries(ORDERS))
      t.test(`${to}: ${name}`, async t => {
        const all = pieces(await ask());
        t.equal(
          await heard(
            order.flatMap(at => all[at] ?? []),
            all.length,
          ),
          ANSWER,
        );
      });

    t.test(`${to}: the first one is lost, and what is sent again arrives`, async t => {
      const port = await ask();
      t.equal(await heard(pieces(port, 'lost '.repeat(30)).slice(1), 0), '');
      t.equal(await heard(pieces(port, ANSWER, port + 1).toReversed(), 3), ANSWER);
    });

    t.test(`${to}: the first one comes twice`, async t => {
      const [first = bare(), second = bare(), third = bare()] = pieces(await ask());
      t.equal(await heard([second, first, first, third], 3), ANSWER);
    });

    t.test(`${to}: the number is used again`, async t => {
      const port = await ask();
      t.equal(await heard(pieces(port).toReversed(), 3), ANSWER);
      const [text] = [ANSWER.toUpperCase()];
      t.equal(await heard(pieces(port, text), 3), text);
      t.equal(await heard(pieces(port).toReversed(), 3), ANSWER);
    });

    t.test(`${to}: what nobody asked is refused, gathered`, async t => {
      const port = await ask();
      const { verdicts, frames } = await live.send(
        backend === 'sibling' ? 'sibling' : 'wire',
        pieces(port + 1_000).toReversed(),
        4,
      );
      t.equal(verdicts[0], 'forward DROP_POLICY_INGRESS');
      t.same(frames, []);
    });
  }

/** Of a piece, without the UDP header in the first one. */
function textOf(view: View, source: string, frame: Buffer): string {
  const isFromThere = decode(frame).some(
    layer => (layer.name === 'ipv4' || layer.name === 'ipv6') && layer.fields.source === source,
  );
  if (!isFromThere) return `not from ${source}`;
  const { headers, offset, mask } = PIECE_AT[view.family];
  const isFirst = (frame.readUInt16BE(offset) & mask) === 0;
  return String(frame.subarray(headers + (isFirst ? UDP_HEADER : 0)));
}
