import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import { ANY_PEER, IDENTITY, allow, deny, podWith } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { flow, trackedLine } from './flow.ts';
import { fromPod } from './pod.ts';
import { outOfTunnel } from './tunnel.ts';

export const PAYLOAD = 'x'.repeat(40);
/** Of a first fragment of ICMP. */
const ICMP_PIECE = 80;

/** Port 53 is admitted, and no other. */
export const ONE_PORT: Partial<Given> = podWith({
  podId: POD_ID.pod,
  egress: {
    [ANY_PEER]: [deny(1)],
    [IDENTITY.remotePod]: [allow(2, { protocol: IP_PROTOCOL.udp, port: 53 }), deny(3)],
  },
});

/** Only the first fragment says which port is meant. */
export const policyFragments: Table = {
  hook: 'pod_tx',
  title: 'policy: fragments are evaluated by their first one',
  context: { ifindex: DEVICE.pod },
  rows: FAMILIES.flatMap(view => [...knownRows(view), ...overtakingRows(view)]),
};

export const policyFragmentsReceived: Table = {
  hook: 'uplink_rx',
  title: 'policy: fragments that come in are evaluated by their first one',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: FAMILIES.flatMap(receivedRows),
};

export function pieces(view: View, port: number): readonly [Packet, Packet] {
  const whole = fromPod(view, view.remotePod).udp(4000, port, PAYLOAD);
  const [first = whole, later = whole] = fragmentPacket(whole, 32);
  return [first, later];
}

function knownRows(view: View): Row[] {
  const { family, pod, remotePod } = view;
  const [first, later] = pieces(view, 53);
  const [badFirst, badLater] = pieces(view, 54);
  const line = trackedLine([pod, 4000], [remotePod, 53]);
  const sent = (what: string, packet: Packet, verdict: string, before: readonly Packet[] = []): Row => ({
    name: `${family}: ${what}`,
    given: ONE_PORT,
    before,
    sent: packet,
    verdict,
  });
  return [
    { ...sent('a first one to a port that is admitted', first, 'REDIRECT_OVERLAY'), tracked: [line] },
    { ...sent('and what follows it', later, 'REDIRECT_OVERLAY', [first]), tracked: [line] },
    { ...sent('a first one to a port that is not', badFirst, 'DROP_POLICY_EGRESS'), tracked: [] },
    { ...sent('and what follows it', badLater, 'DROP_POLICY_EGRESS', [badFirst]), tracked: [] },
    {
      ...sent('a new first one counts, where the number is used again', later, 'REDIRECT_OVERLAY', [
        badFirst,
        first,
      ]),
      tracked: [line],
    },
  ];
}

/** The stack reassembles a datagram whose first fragment was overtaken; `forward` checks the whole. */
function overtakingRows(view: View): Row[] {
  const { family, pod, remotePod, sibling } = view;
  const [first, later] = pieces(view, 53);
  const [otherFirst, otherLater] = pieces(view, 54);
  const closed = podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: [deny(1)] } });
  const line = trackedLine([pod, 4000], [remotePod, 53]);
  const row = (
    what: string,
    given: Partial<Given>,
    [...before]: readonly Packet[],
    verdict = 'PASS_FRAGMENT',
  ): Row => {
    const sent = before.pop() ?? later;
    return { name: `${family}: ${what}`, given, before, sent, verdict };
  };
  const toSibling = fragmentPacket(fromPod(view, sibling).udp(4000, 53, PAYLOAD), 32);
  return [
    { ...row('a later one before its first', {}, [later]), tracked: [] },
    { ...row('a later one before its first, from an isolated pod', closed, [later]), tracked: [] },
    { ...row('a first one that was overtaken', ONE_PORT, [later, first]), tracked: [line] },
    { ...row('what follows that', ONE_PORT, [later, first, later]), tracked: [line] },
    { ...row('the first one twice', ONE_PORT, [later, first, first]), tracked: [line] },
    { ...row('what follows that twice', ONE_PORT, [later, first, first, later]), tracked: [line] },
    row('the first one never comes', ONE_PORT, [later, later]),
    row(
      'the first one of another datagram of that number',
      ONE_PORT,
      [later, first, otherFirst],
      'DROP_POLICY_EGRESS',
    ),
    row('and what follows it', ONE_PORT, [later, first, otherFirst, otherLater], 'DROP_POLICY_EGRESS'),
    row('to a sibling', {}, toSibling.toReversed()),
    row(
      'to outside, where all goes to the stack',
      {},
      fragmentPacket(fromPod(view, view.outside).udp(4000, 53, PAYLOAD), 32).toReversed(),
      'PASS_HOST',
    ),
  ];
}

function receivedRows(view: View): Row[] {
  const { family, remotePod, pod } = view;
  const given = podWith({
    podId: POD_ID.pod,
    ingress: {
      [ANY_PEER]: [deny(1)],
      [IDENTITY.remotePod]: [allow(2, { protocol: IP_PROTOCOL.udp, port: 53 }), deny(3)],
    },
  });
  const cut = (port: number): readonly Packet[] =>
    fragmentPacket(bare().ip(remotePod, pod).udp(4000, port, PAYLOAD), 32);
  const [first = bare(), later = bare()] = cut(53);
  const [badFirst = bare(), badLater = bare()] = cut(54);
  const [, ofNode = bare()] = fragmentPacket(bare().ip(view.overlayNode, pod).udp(4000, 53, PAYLOAD), 32);
  const line = trackedLine([remotePod, 4000], [pod, 53]);
  const row = (what: string, inner: Packet, verdict: string, before: readonly Packet[] = []): Row => ({
    ...{ name: `${family}: ${what}`, given, verdict, tracked: verdict === 'REDIRECT_POD' ? [line] : [] },
    ...{ before: before.map(each => outOfTunnel(each)), sent: outOfTunnel(inner) },
    ...(verdict === 'PASS_FRAGMENT' && handedOver(inner)),
  });
  return [
    row('a first one to a port that is admitted', first, 'REDIRECT_POD'),
    row('and what follows it', later, 'REDIRECT_POD', [first]),
    row('a first one to a port that is not', badFirst, 'DROP_POLICY_INGRESS'),
    row('and what follows it', badLater, 'DROP_POLICY_INGRESS', [badFirst]),
    row('one whose first was never seen', later, 'PASS_FRAGMENT'),
    row('and its first', first, 'PASS_FRAGMENT', [later]),
    row("one from a node's own address, whose first was never seen", ofNode, 'DROP_FRAGMENT'),
    {
      ...row('one of ICMP is no error, whatever it looks like', lookingLikeError(view), 'PASS_FRAGMENT'),
      given: { ...given, conntrack: [flow([pod, 4000], [remotePod, 53])] },
      tracked: [trackedLine([pod, 4000], [remotePod, 53])],
    },
    { ...row('the same to a pod that no policy selects', later, 'PASS_FRAGMENT'), given: {} },
  ];
}

/** As the host's stack gets it: out of the overlay device. */
function handedOver(inner: Packet): Pick<Row, 'action' | 'becomes'> {
  return { action: 'redirect', becomes: eth(MAC.gateway, MAC.overlay).with(inner) };
}

/** A later fragment of an echo, with a packet of the pod where an error would quote it. */
export function lookingLikeError({ remotePod, pod }: View): Packet {
  const quoted = bare().ip(pod, remotePod).udp(4000, 53, 'question').bytes();
  const before = Buffer.alloc(ICMP_PIECE); // 72 bytes of the first piece, 8 of an error's header
  const whole = bare()
    .ip(remotePod, pod)
    .echo(7)
    .data(Buffer.concat([before, quoted]));
  return fragmentPacket(whole, ICMP_PIECE)[1] ?? bare();
}
