// Packets that cannot be read as far as their ports, at every hook and on every way: the rows, and docs/unreadable.md.
import { FAMILIES, IPV4, type View } from '../../support/bpf/cluster.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, type Packet } from '../../support/packet/packet.ts';
import { outOfTunnel } from './tunnel.ts';
import { UPLINK, WAYS, type Way } from './unreadable-ways.ts';

/** One thing that parsing cannot follow. */
export interface Unreadable {
  readonly what: string;
  readonly why: string;
  /** What parsing says of it. */
  readonly verdict: string;
  readonly families: readonly View['family'][];
  /** The stack itself drops it before it would be forwarded. */
  readonly isNotForwarded?: true;
  /** Puts it behind an IP header; `headed` ends with one. */
  readonly spoil: (headed: Packet, view: View) => Packet;
}

const BOTH = ['ipv4', 'ipv6'] as const;
/** Longer than what the programs follow. */
const MANY_EXTENSIONS = 8;
/** A chunk of type INIT, so that the first fragment would open an association. */
const SCTP_INIT = Buffer.from([1, 0, 0, 20]);

export const UNREADABLE: readonly Unreadable[] = [
  {
    what: 'eight IPv6 extension headers or more',
    why: 'the ports are behind them, and policy needs the ports',
    verdict: 'DROP_EXTENSION',
    families: ['ipv6'],
    spoil: headed =>
      Array.from({ length: MANY_EXTENSIONS })
        .reduce<Packet>(packet => packet.extension('destination-options'), headed)
        .tcp(4000, 80, { flags: 'SYN' }),
  },
  {
    what: 'an IPv6 extension header that is longer than the packet',
    why: 'which bytes the receiver takes for the ports is unknown',
    verdict: 'DROP_MALFORMED',
    families: ['ipv6'],
    isNotForwarded: true,
    spoil: headed => headed.extension('hop-by-hop', { length: 200 }).udp(4000, 53, 'q'),
  },
  {
    what: 'the same before a protocol without ports',
    why: 'where the data begins is unknown, and so is whether they are a later header of the chain',
    verdict: 'DROP_MALFORMED',
    families: ['ipv6'],
    isNotForwarded: true,
    spoil: headed => headed.extension('hop-by-hop', { length: 200 }).data('anything'),
  },
  {
    what: 'an IPv6 extension header that is cut short',
    why: 'which header comes next is unknown',
    verdict: 'DROP_MALFORMED',
    families: ['ipv6'],
    isNotForwarded: true,
    spoil: (headed, view) => withProtocol(headed, view, IP_PROTOCOL['destination-options'], 'abcd'),
  },
  {
    what: 'a UDP header that is cut short',
    why: 'no ports',
    verdict: 'DROP_MALFORMED',
    families: BOTH,
    spoil: (headed, view) => withProtocol(headed, view, IP_PROTOCOL.udp, 'abcd'),
  },
  {
    what: 'a TCP header that ends before its flags',
    why: 'a SYN would look like a segment of an open connection',
    verdict: 'DROP_MALFORMED',
    families: BOTH,
    spoil: (headed, view) => withProtocol(headed, view, IP_PROTOCOL.tcp, 'abcdefghij'),
  },
  {
    what: 'a first fragment of TCP that ends before the flags',
    why: 'RFC 1858: the flags in the next one could open a connection that policy has not admitted',
    verdict: 'DROP_FRAGMENT_TINY',
    families: BOTH,
    spoil: headed => pieceOf(headed.tcp(4000, 80, { flags: 'SYN' }), 0),
  },
  {
    what: 'a later fragment of TCP that begins within the flags',
    why: 'RFC 1858, RFC 3128: it could overwrite the flags that were checked',
    verdict: 'DROP_FRAGMENT_TINY',
    families: BOTH,
    spoil: headed => pieceOf(headed.tcp(4000, 80, { flags: 'SYN' }), 1),
  },
  {
    what: 'a first fragment of SCTP that ends before its chunk',
    why: 'as of TCP: an INIT opens an association',
    verdict: 'DROP_FRAGMENT_TINY',
    families: BOTH,
    spoil: headed => pieceOf(headed.sctp(4000, 80, SCTP_INIT), 0),
  },
  {
    what: 'a later fragment of SCTP that begins within the first chunk',
    why: 'as of TCP',
    verdict: 'DROP_FRAGMENT_TINY',
    families: BOTH,
    spoil: headed => pieceOf(headed.sctp(4000, 80, SCTP_INIT), 1),
  },
];

/** Inside a tunnel there is one verdict for all of it: nobody honest sends that. In overlay_rx it comes live. */
const TUNNELLED = ['uplink_rx', 'uplink_xdp'] as const;
export const TUNNEL_VERDICT = 'DROP_TUNNEL_MALFORMED';

export const unreadable: readonly Table[] = [...new Set(WAYS.map(({ hook }) => hook))].map(hook => ({
  hook,
  title: 'what cannot be read is not passed with policy skipped',
  rows: [
    ...WAYS.filter(way => way.hook === hook && way.liveFrom === undefined).flatMap(way =>
      UNREADABLE.flatMap(each => rowsOf(way, each)),
    ),
    ...(TUNNELLED.some(each => each === hook) ? UNREADABLE.flatMap(tunnelRows) : []),
  ],
}));

function rowsOf(way: Way, { what, verdict, families, spoil }: Unreadable): Row[] {
  const { ifindex, ingressIfindex } = way;
  const context = {
    ...(ifindex === undefined ? {} : { ifindex }),
    ...(ingressIfindex === undefined ? {} : { ingressIfindex }),
  };
  return FAMILIES.filter(({ family }) => families.includes(family)).map(view => ({
    name: `${view.family}: ${way.what}: ${what}`,
    context,
    ...(way.given === undefined ? {} : { given: way.given }),
    sent: spoil(way.headed(view), view),
    verdict: way.verdict ?? verdict,
  }));
}

export function tunnelRows({ what, families, spoil }: Unreadable): Row[] {
  return FAMILIES.filter(({ family }) => families.includes(family)).map(view => ({
    name: `${view.family}: in another node's tunnel: ${what}`,
    context: UPLINK,
    sent: outOfTunnel(spoil(bare().ip(view.remotePod, view.pod), view), { from: IPV4.overlayNode }),
    verdict: TUNNEL_VERDICT,
  }));
}

/** `headed` with another protocol and a payload that is no header of it. */
function withProtocol(headed: Packet, view: View, protocol: number, payload: string): Packet {
  const link = headed.layers.slice(0, -1);
  const ip = headed.layers.at(-1);
  const fields = ip?.fields as { source: string; destination: string };
  const start = link.reduce<Packet>((packet, layer) => packet.with({ ...packet, layers: [layer] }), bare());
  return view.family === 'ipv4'
    ? start.ipv4(fields.source, fields.destination, { protocol }).data(payload)
    : start.ipv6(fields.source, fields.destination, { nextHeader: protocol }).data(payload);
}

/** Of the packet in fragments of 8 bytes: as small as they get. */
function pieceOf(whole: Packet, index: number): Packet {
  const piece = fragmentPacket(whole, 8)[index];
  if (piece === undefined) throw new RangeError('the packet has fewer fragments');
  return piece;
}
