import { DEVICE, FAMILIES, IPV4, IPV6, MAC, OVERLAY6_NODE, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { bare, eth, packetOf, type IpOptions, type Packet } from '../../support/packet/packet.ts';
import { outOfTunnel } from './tunnel.ts';

const PAYLOADS: readonly (readonly [string, (packet: Packet) => Packet])[] = [
  ['UDP', packet => packet.udp(53, 4000, 'answer')],
  ['TCP', packet => packet.tcp(80, 4000, { flags: 'SYN ACK', acknowledgement: 9 })],
  ['an echo reply', packet => packet.echo(77, { reply: true })],
];

/** Outer headers of each kind, from a node that owns the inner source. */
const TUNNELS = [
  { outer: 'IPv4', from: IPV4.overlayNode, source: 'remotePod' },
  { outer: 'IPv6', from: OVERLAY6_NODE, source: 'pod6' },
] as const;

/** RFC 2113, as any option would do. */
const ROUTER_ALERT = '94040000';

const NOT_ECT = 0;

const ECT1 = 1;

const ECT0 = 2;

const CE = 3;

const ECN_NAMES = ['Not-ECT', 'ECT(1)', 'ECT(0)', 'CE'] as const;

/** RFC 6040 figure 4: inner, then what becomes of it with outer Not-ECT, ECT(0), ECT(1), CE. */
const ECN_TABLE: readonly (readonly [inner: number, out: readonly (number | 'drop')[]])[] = [
  [NOT_ECT, [NOT_ECT, NOT_ECT, NOT_ECT, 'drop']],
  [ECT0, [ECT0, ECT0, ECT1, CE]],
  [ECT1, [ECT1, ECT1, ECT1, CE]],
  [CE, [CE, CE, CE, CE]],
];

const OUTER_ORDER = [NOT_ECT, ECT0, ECT1, CE] as const;

/** What comes out of a tunnel, field by field. */
export const uplinkRxDecap: Table = {
  hook: 'uplink_rx',
  title: 'what a tunnel carried reaches the pod as it was sent, one hop later',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: [
    ...FAMILIES.flatMap(view => [
      ...payloadRows(view),
      ...ecnRows(view),
      ...ttlRows(view),
      ...oddRows(view),
      ...refusedRows(view),
    ]),
    flowLabelRow(IPV6),
  ],
};

function payloadRows(view: View): Row[] {
  return TUNNELS.flatMap(({ outer, from, source }) =>
    PAYLOADS.flatMap(([name, payload]) =>
      ([0, 'correct'] as const).map(checksum => ({
        name: `${view.family} in ${outer}, outer checksum ${checksum}: ${name}`,
        sent: outOfTunnel(payload(bare().ip(view[source], view.pod, { dscp: 10 })), { from, checksum }),
        verdict: 'REDIRECT_POD',
        becomes: payload(delivered(view, source, { dscp: 10 })),
      })),
    ),
  );
}

function delivered(view: View, source: 'remotePod' | 'pod6', options: IpOptions = {}): Packet {
  return eth(MAC.gateway, MAC.pod).ip(view[source], view.pod, { ttl: 63, ...options });
}

function ecnRows(view: View): Row[] {
  return TUNNELS.flatMap(tunnel =>
    ECN_TABLE.flatMap(([inner, out]) =>
      OUTER_ORDER.map((outer, index) => ecnRow(view, tunnel, { inner, outer, out: out[index] ?? 'drop' })),
    ),
  );
}

interface Marks {
  readonly inner: number;
  readonly outer: number;
  readonly out: number | 'drop';
}

function ecnRow(view: View, tunnel: (typeof TUNNELS)[number], { inner, outer, out }: Marks): Row {
  const { from, source } = tunnel;
  const sent = outOfTunnel(bare().ip(view[source], view.pod, { dscp: 46, ecn: inner }).udp(53, 4000, 'a'), {
    from,
    outer: { ecn: outer },
  });
  const name = `${view.family} in ${tunnel.outer}: ${ECN_NAMES[inner]} inside ${ECN_NAMES[outer]}`;
  return out === 'drop'
    ? { name: `${name} is dropped`, sent, verdict: 'DROP_TUNNEL_ECN' }
    : {
        name: `${name} becomes ${ECN_NAMES[out]}`,
        sent,
        verdict: 'REDIRECT_POD',
        becomes: delivered(view, source, { dscp: 46, ecn: out }).udp(53, 4000, 'a'),
      };
}

/** The mark shares a byte with it. */
function flowLabelRow(view: View): Row {
  const { pod, remotePod: source } = view;
  const labelled = { flowLabel: 0xabcde, dscp: 46 };
  const inner = bare()
    .ipv6(source, pod, { ...labelled, ecn: ECT0 })
    .udp(53, 4000, 'a');
  return {
    name: 'a congestion mark leaves the flow label of IPv6 alone',
    sent: outOfTunnel(inner, { outer: { ecn: CE } }),
    verdict: 'REDIRECT_POD',
    becomes: eth(MAC.gateway, MAC.pod)
      .ipv6(source, pod, { ...labelled, hopLimit: 63, ecn: CE })
      .udp(53, 4000, 'a'),
  };
}

/** The host answers as a router: it is handed the packet as if its overlay device had received it. */
function ttlRows(view: View): Row[] {
  return TUNNELS.flatMap(({ outer, from, source }) =>
    [1, 0].map(ttl => {
      const expired = bare().ip(view[source], view.pod, { ttl }).udp(53, 4000, 'a');
      return {
        name: `${view.family} in ${outer}: with ${ttl} hops left, the host answers as a router`,
        sent: outOfTunnel(expired, { from }),
        verdict: 'PASS_TTL',
        action: 'redirect',
        becomes: eth(MAC.gateway, MAC.overlay).with(expired),
      } as const;
    }),
  );
}

/** Rare and allowed: IPv4 options outside, IPv4 options or IPv6 extension headers inside. */
function oddRows(view: View): Row[] {
  const inside = (packet: Packet): Packet => packet.udp(53, 4000, 'a');
  const [ethernet, , ...rest] = outOfTunnel(inside(bare().ip(view.remotePod, view.pod))).layers;
  const outer = bare().ipv4(IPV4.overlayNode, IPV4.own, { options: ROUTER_ALERT }).layers;
  const optional = (frame: Packet, ttl: number): Packet =>
    view.family === 'ipv4'
      ? frame.ipv4(view.remotePod, view.pod, { ttl, options: ROUTER_ALERT })
      : frame.ipv6(view.remotePod, view.pod, { hopLimit: ttl }).extension('destination-options');
  return [
    {
      name: `${view.family}: options of the outer header go with it`,
      sent: packetOf([...(ethernet === undefined ? [] : [ethernet]), ...outer, ...rest]),
      verdict: 'REDIRECT_POD',
      becomes: inside(delivered(view, 'remotePod')),
    },
    {
      name: `${view.family}: options of the inner header stay`,
      sent: outOfTunnel(inside(optional(bare(), 64))),
      verdict: 'REDIRECT_POD',
      becomes: inside(optional(eth(MAC.gateway, MAC.pod), 63)),
    },
  ];
}

/** A test run's super-packet names no protocol that it was made of, and the kernel asks for one. */
function refusedRows(view: View): Row[] {
  const superPacket = { gsoSize: 100, gsoSegments: 2 };
  const payload = 'a'.repeat(200);
  return [
    {
      name: `${view.family}: segmentation offload that is neither TCP's nor UDP's cannot be decapsulated`,
      context: superPacket,
      sent: outOfTunnel(bare().ip(view.remotePod, view.pod).tcp(53, 4000, { flags: 'ACK' }, payload)),
      verdict: 'DROP_DECAP',
    },
    {
      name: `${view.family}: a super-packet of UDP is left to the kernel's vxlan, which unmarks the tunnel`,
      context: superPacket,
      sent: outOfTunnel(bare().ip(view.remotePod, view.pod).udp(53, 4000, payload)),
      verdict: 'PASS_VALIDATED_TUNNEL',
    },
    {
      name: `${view.family}: so is one that the host's stack may forward`,
      context: superPacket,
      sent: outOfTunnel(bare().ip(view.remotePod, view.host).tcp(53, 4000, { flags: 'ACK' }, payload)),
      verdict: 'PASS_VALIDATED_TUNNEL',
    },
  ];
}
