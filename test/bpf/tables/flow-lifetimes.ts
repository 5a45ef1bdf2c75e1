import { DEVICE, FAMILIES, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { GivenFlow } from '../../support/bpf/given.ts';
import { ANY_PEER, deny, podWith } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, type Packet } from '../../support/packet/packet.ts';
import { CONNTRACK_TIMEOUTS } from '../../../loader/model/conntrack-timeouts.ts';
import { flow } from './flow.ts';
import { outOfTunnel } from './tunnel.ts';

/** More than a row takes to be played, however busy the machine is. */
const MARGIN_S = 5;

interface Life {
  readonly what: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly flags: readonly string[];
  readonly seconds: number;
}

const OPEN = ['ASSURED', 'SEEN_REPLY'] as const;
const LIVES: readonly Life[] = [
  {
    what: 'an established connection',
    protocol: 'tcp',
    flags: OPEN,
    seconds: CONNTRACK_TIMEOUTS.ctEstablishedS,
  },
  {
    ...{ what: 'one that nobody saw open', protocol: 'tcp', flags: ['MIDSTREAM', 'SEEN_REPLY'] },
    seconds: CONNTRACK_TIMEOUTS.ctEstablishedS,
  },
  {
    ...{ what: 'a half-closed one', protocol: 'tcp', flags: [...OPEN, 'FIN_ORIGINATOR'] },
    seconds: CONNTRACK_TIMEOUTS.ctHalfClosedS,
  },
  {
    ...{ what: 'a closed one', protocol: 'tcp', flags: [...OPEN, 'FIN_ORIGINATOR', 'FIN_RESPONDER'] },
    seconds: CONNTRACK_TIMEOUTS.ctClosedS,
  },
  {
    ...{ what: 'one that was reset', protocol: 'tcp', flags: [...OPEN, 'RESET_RESPONDER'] },
    seconds: CONNTRACK_TIMEOUTS.ctResetS,
  },
  {
    what: 'a half-open one',
    protocol: 'tcp',
    flags: ['SEEN_REPLY'],
    seconds: CONNTRACK_TIMEOUTS.ctUnassuredS,
  },
  { what: 'a question', protocol: 'udp', flags: [], seconds: CONNTRACK_TIMEOUTS.ctUnassuredS },
  { what: 'a flow of datagrams', protocol: 'udp', flags: OPEN, seconds: CONNTRACK_TIMEOUTS.ctDatagramS },
  { what: 'an echo', protocol: 'icmp', flags: [], seconds: CONNTRACK_TIMEOUTS.ctEchoS },
];

/** Of flows that this node's pod opened, and that nobody may open towards it. */
export const flowLifetimes: Table = {
  hook: 'uplink_rx',
  title: 'an answer is admitted for as long as its flow lives',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: FAMILIES.flatMap(view => LIVES.flatMap(life => rowsOf(view, life))),
};

function rowsOf(view: View, { what, protocol, flags, seconds }: Life): Row[] {
  const known: GivenFlow = {
    ...flow([view.pod, 4000], [view.remotePod, protocol === 'icmp' ? 0 : 80], ...flags),
    protocol: protocolNumber(view, protocol),
  };
  const row = (how: string, silentS: number, verdict: string): Row => ({
    ...{ name: `${view.family}: ${what} ${how}`, sent: answer(view, protocol), verdict },
    given: {
      ...podWith({ podId: POD_ID.pod, ingress: { [ANY_PEER]: [deny(1)] } }),
      conntrack: [{ ...known, ageMs: silentS * 1_000 }],
    },
  });
  return [
    row(`lives for ${seconds} s of silence`, seconds - MARGIN_S, 'REDIRECT_POD'),
    row('and no longer', seconds + 1, 'DROP_POLICY_INGRESS'),
  ];
}

function protocolNumber(view: View, protocol: Life['protocol']): number {
  if (protocol !== 'icmp') return IP_PROTOCOL[protocol];
  return view.family === 'ipv4' ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6;
}

function answer(view: View, protocol: Life['protocol']): Packet {
  const ip = bare().ip(view.remotePod, view.pod);
  if (protocol === 'icmp') return outOfTunnel(ip.echo(4000, { reply: true }));
  return outOfTunnel(protocol === 'tcp' ? ip.tcp(80, 4000, { flags: 'ACK' }) : ip.udp(80, 4000, 'a'));
}
