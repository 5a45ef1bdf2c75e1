// ICMP errors: whose are admitted by the flow that they quote, and which quotes are found.
import { DEVICE, MAC } from '../../support/bpf/cluster.ts';
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { ICMP_TYPE } from '../../support/packet/icmp.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { outOfTunnel } from '../tables/tunnel.ts';
import { inward, onlyEgress, onlyIngress, outward, refused, WAYS, type Way } from './way.ts';

type IcmpError = Readonly<Record<'ipv4' | 'ipv6', { readonly type: number; readonly code?: number }>> & {
  readonly what: string;
};

const [CLIENT, SERVER] = [40_000, 53];
const LONG = 'x'.repeat(80);
/** RFC 4443 section 3.2; RFC 1191: "unreachable" with a code of its own. */
const TOO_BIG: IcmpError = {
  ...{ what: 'a packet that is too big', ipv4: { type: ICMP_TYPE.unreachable, code: 4 }, ipv6: { type: 2 } },
};
const OTHERS: readonly IcmpError[] = [
  { what: 'a port that is unreachable', ipv4: { type: 3, code: 3 }, ipv6: { type: 1, code: 4 } },
  { what: 'an expired TTL', ipv4: { type: 11 }, ipv6: { type: 3 } },
  { what: 'a parameter', ipv4: { type: 12 }, ipv6: { type: 4 } },
];

const PORTLESS = [
  ['GRE', 47],
  ['ESP', 50],
  ['DCCP', 33],
  ['IP in IP', 4],
  ['IPv6 in IP', 41],
  ['UDP-Lite', 136],
] as const;

export const icmpPathStories: Stories = {
  title: 'icmp errors and the path of their flow',
  stories: WAYS.flatMap(way => [
    ...senderStories(way),
    ...siblingsErrorStories(way),
    ...quoteStories(way),
    replyStory(way),
  ]),
};

function question({ view, far }: Way, payload = 'question'): Packet {
  return bare().ip(view.pod, far).udp(CLIENT, SERVER, payload);
}

function errorFrom({ view }: Way, source: string, { quoted, error }: Told): Packet {
  const packet = bare().ip(source, view.pod);
  const header = view.family === 'ipv4' ? packet.icmp(error.ipv4) : packet.icmpv6(error.ipv6);
  return header.with(quoted);
}

interface Told {
  readonly quoted: Packet;
  readonly error: IcmpError;
}

/** Of the other end, by the way that its packets come. */
function errorOfEnd(way: Way, quoted: Packet): Step {
  return inward(way, ip => {
    const { layers } = errorFrom(way, way.far, { quoted, error: TOO_BIG });
    return ip.with({ ...ip, layers: layers.slice(1) });
  });
}

/** Somebody who could send an error about the flow. */
interface Sender {
  readonly source: string;
  readonly who: string;
  readonly step: Step;
  readonly isOnPath: boolean;
}

/** All but the flow's other end. */
function senders(way: Way, error: IcmpError): readonly Sender[] {
  const { view, far } = way;
  const uplink = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink };
  const unknownPod = view.family === 'ipv4' ? '10.2.0.77' : 'fd00:2::77';
  const about = (source: string): Packet => errorFrom(way, source, { quoted: question(way), error });
  const all: readonly Sender[] = [
    {
      source: view.sibling,
      who: 'another pod of this node',
      step: {
        ...{ hook: 'pod_tx', context: { ifindex: DEVICE.sibling }, verdict: 'REDIRECT_POD' },
        sent: eth(MAC.sibling, MAC.gateway).with(about(view.sibling)),
      },
      isOnPath: false,
    },
    {
      source: view.remotePod,
      who: 'a pod of another node',
      step: {
        ...{ hook: 'uplink_rx', context: uplink, verdict: 'REDIRECT_POD' },
        sent: outOfTunnel(about(view.remotePod)),
      },
      isOnPath: false,
    },
    {
      source: unknownPod,
      who: 'an address of another node that no pod has',
      step: {
        ...{ hook: 'uplink_rx', context: uplink, verdict: 'REDIRECT_POD' },
        sent: outOfTunnel(about(unknownPod)),
      },
      isOnPath: false,
    },
    {
      source: view.directPod,
      who: 'a pod on a direct route',
      step: {
        ...{ hook: 'uplink_rx', context: uplink, verdict: 'REDIRECT_POD' },
        sent: eth(MAC.directUplink, MAC.uplink).with(about(view.directPod)),
      },
      isOnPath: false,
    },
    {
      source: view.overlayHost,
      who: 'another node',
      step: {
        ...{ hook: 'uplink_rx', context: uplink, verdict: 'REDIRECT_POD' },
        sent: outOfTunnel(about(view.overlayHost)),
      },
      isOnPath: true,
    },
    {
      source: view.outside,
      who: 'a router outside',
      step: {
        ...{ hook: 'forward', context: {}, verdict: 'PASS_UNMANAGED' },
        sent: eth(MAC.gateway, MAC.overlay).with(about(view.outside)),
      },
      isOnPath: far === view.directPod, // no router stands between pods of a node, nor inside the overlay
    },
  ];
  return all.filter(({ source }) => source !== far);
}

function senderStories(way: Way): Story[] {
  const asked = way.out(question(way));
  return [TOO_BIG, ...OTHERS].flatMap(error =>
    senders(way, error).map(({ who, step, isOnPath }) => ({
      name: `${way.name}: ${who} ${isOnPath ? 'may' : 'may not'} tell of ${error.what}`,
      given: onlyEgress(way),
      steps: [asked, isOnPath ? step : refused(step, 'DROP_POLICY_INGRESS')],
    })),
  );
}

/** An error about what the sibling has asked, to the pod. */
function siblingsErrorStories(way: Way): Story[] {
  const { view, far } = way;
  if (far === view.sibling) return [];
  const asked = bare().ip(view.sibling, far).udp(CLIENT, SERVER, 'question');
  const siblingAsks: Step = {
    ...way.out(asked),
    ...{ context: { ifindex: DEVICE.sibling }, sent: eth(MAC.sibling, MAC.gateway).with(asked) },
  };
  return [
    {
      name: `${way.name}: an error about another pod's packet is that pod's alone`,
      given: onlyEgress(way),
      steps: [siblingAsks, refused(errorOfEnd(way, asked), 'DROP_POLICY_INGRESS')],
    },
  ];
}

function quoteStories(way: Way): Story[] {
  const [first = bare(), later = bare()] = fragmentPacket(question(way, LONG), 48);
  const [, laterPortless = bare()] = fragmentPacket(portless(way), 48);
  const story = (name: string, quoted: Packet, before: readonly Packet[], isFound = true): Story => ({
    name: `${way.name}: an error that quotes ${name} ${isFound ? 'is found' : 'is evaluated as ICMP'}`,
    given: onlyEgress(way),
    steps: [
      ...before.map(way.out),
      isFound ? errorOfEnd(way, quoted) : refused(errorOfEnd(way, quoted), 'DROP_POLICY_INGRESS'),
    ],
  });
  return [
    story('a first fragment', first, [first, later]),
    story('a later fragment', later, [first, later]),
    ...PORTLESS.map(([what, protocol]) => portlessStory(way, what, protocol)),
    story('a later fragment whose first one nobody sent', later, [question(way)], false),
    story('one of a protocol without ports', laterPortless, [portless(way)], false),
    ...(way.view.family === 'ipv6'
      ? extensionStories(way, story)
      : [story('IPv4 options', optional(way), [question(way)])]),
  ];
}

/** The question with a router alert (RFC 2113): any option would do. */
function optional({ view, far }: Way): Packet {
  return bare().ipv4(view.pod, far, { options: '94040000' }).udp(CLIENT, SERVER, 'question');
}

/** Of an echo that the pod has answered: nobody but the other end may send it anything by itself. */
function replyStory(way: Way): Story {
  const { view, far } = way;
  const reply = (ip: Packet): Packet => ip.echo(7, { reply: true });
  const about = errorFrom(way, view.overlayHost, { quoted: reply(bare().ip(view.pod, far)), error: TOO_BIG });
  return {
    name: `${way.name}: another node may tell of an echo reply`,
    given: onlyIngress(way),
    steps: [
      inward(way, ip => ip.echo(7)),
      outward(way, reply),
      {
        ...{ hook: 'uplink_rx', context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink } },
        ...{ sent: outOfTunnel(about), verdict: 'REDIRECT_POD' },
      },
    ],
  };
}

/** RFC 3692's protocol for experiments. */
function portless({ view, far }: Way): Packet {
  return bare().ip(view.pod, far).data(LONG);
}

/** A protocol whose ports are no part of its flows: whatever its first bytes are, and however few are quoted. */
function portlessStory(way: Way, what: string, protocol: number): Story {
  const { family, pod } = way.view;
  const header =
    family === 'ipv4'
      ? bare().ipv4(pod, way.far, { protocol })
      : bare().ipv6(pod, way.far, { nextHeader: protocol });
  const sent = header.data(Buffer.from('00000800452300aa', 'hex'));
  return {
    name: `${way.name}: an error that quotes ${what} is found`,
    given: onlyEgress(way),
    steps: [way.out(sent), errorOfEnd(way, sent)],
  };
}

function extensionStories(
  way: Way,
  story: (name: string, quoted: Packet, before: readonly Packet[], isFound?: boolean) => Story,
): Story[] {
  const behind = (count: number): Packet =>
    Array.from({ length: count })
      .reduce<Packet>(packet => packet.extension('destination-options'), bare().ip(way.view.pod, way.far))
      .udp(CLIENT, SERVER, 'question');
  return [
    story('extension headers', behind(3), [question(way)]),
    story('more of them than a packet may have', behind(8), [question(way)], false),
  ];
}
