import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given, GivenFlow } from '../../support/bpf/given.ts';
import { ANY_PEER, IDENTITY, allow, deny, podWith, together } from '../../support/bpf/policy-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { fragmentPacket } from '../../support/packet/fragment-packet.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { flow } from './flow.ts';
import { icmpError } from './icmp-error.ts';
import { outOfTunnel } from './tunnel.ts';

const EVERY_POD = { flags: ['RULE_EVERY_POD'] };

/** Only what every pod refuses by a rule of the Admin tier, and what nobody has admitted before. */
export const policyUplinkXdp: Table = {
  hook: 'uplink_xdp',
  title: 'policy: what every pod refuses is refused before an skb exists',
  context: {},
  rows: FAMILIES.flatMap(view => [...refusedRows(view), ...passedRows(view)]),
};

/** What of it a table of uplink_rx can tell: nothing is refused there that this hook would admit. */
export const policyUplinkRxEveryPod: Table = {
  hook: 'uplink_rx',
  title: 'policy: what is refused before an skb exists would have been refused after, too',
  context: { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink },
  rows: FAMILIES.flatMap(view => refusedRows(view).filter(row => row.name.includes('cluster'))),
};

function question(view: View, from: string): Packet {
  return bare().ip(from, view.pod).udp(4000, 53, 'q');
}

function plain(packet: Packet, mac: string = MAC.router): Packet {
  return eth(mac, MAC.uplink).with(packet);
}

function everyPod(identity: number): Partial<Given> {
  return podWith({
    podId: POD_ID.pod,
    ingress: { [ANY_PEER]: [allow(1)], [identity]: [deny(2, EVERY_POD)] },
  });
}

function refusedRows(view: View): Row[] {
  const { family, pod } = view;
  const row = (what: string, identity: number, sent: Packet): Row => ({
    ...{
      name: `${family}: ${what}`,
      given: everyPod(identity),
      sent,
      verdict: 'DROP_POLICY_INGRESS',
      tracked: [],
    },
  });
  const { outside, remotePod, directPod } = IDENTITY;
  return [
    row('a question from outside', outside, plain(question(view, view.outside))),
    row('a question from the cluster, by tunnel', remotePod, outOfTunnel(question(view, view.remotePod))),
    row(
      'a question from the cluster, plain',
      directPod,
      plain(question(view, view.directPod), MAC.directUplink),
    ),
    row('an echo from the cluster', remotePod, outOfTunnel(bare().ip(view.remotePod, pod).echo(7))),
    row(
      'a reply to nothing from the cluster',
      remotePod,
      outOfTunnel(bare().ip(view.remotePod, pod).echo(7, { reply: true })),
    ),
    row(
      'an acknowledgement of nothing from the cluster',
      remotePod,
      outOfTunnel(bare().ip(view.remotePod, pod).tcp(80, 4000, { flags: 'ACK' })),
    ),
    row(
      'a protocol without ports from the cluster',
      remotePod,
      outOfTunnel(bare().ip(view.remotePod, pod).ipv4('203.0.113.1', '203.0.113.2').udp(1, 2)),
    ),
  ];
}

function passedRows(view: View): Row[] {
  const { family, pod, outside, remotePod } = view;
  const sent = plain(question(view, outside));
  const known = (...flows: GivenFlow[]): Partial<Given> =>
    together(everyPod(IDENTITY.outside), { conntrack: flows });
  const row = (
    what: string,
    given: Partial<Given>,
    packet: Packet = sent,
    verdict = 'PASS_UNMANAGED',
  ): Row => ({
    name: `${family}: ${what}`,
    given,
    sent: packet,
    verdict,
  });
  const pieces = fragmentPacket(bare().ip(outside, pod).udp(4000, 53, 'x'.repeat(40)), 32).map(piece =>
    plain(piece),
  );
  const syn = plain(bare().ip(outside, pod).tcp(80, 4000, { flags: 'SYN' }));
  const podsOwn = { ...flow([pod, 4000], [outside, 80], 'SEEN_REPLY'), protocol: 6 };
  return [
    row(
      'what only this pod refuses is left to it',
      podWith({ podId: POD_ID.pod, ingress: { [ANY_PEER]: [deny(1)] } }),
    ),
    row('what is admitted', podWith({ podId: POD_ID.pod, ingress: { [ANY_PEER]: [allow(1)] } })),
    row('to a pod that no policy selects', {}),
    row('to a pod that has no policy yet', { pods: [{ podId: POD_ID.pod, ingress: 0 }] }),
    row(
      'to this node itself',
      everyPod(IDENTITY.outside),
      plain(bare().ip(outside, view.own).udp(4000, 53, 'q')),
    ),
    row("an answer to a pod's question", known(flow([pod, 53], [outside, 4000]))),
    row(
      'a further packet of what was admitted before',
      known(flow([outside, 4000], [pod, 53], 'SEEN_REPLY')),
    ),
    row(
      'also after a change of policy, of which it knows nothing',
      known({ ...flow([outside, 4000], [pod, 53]), generation: 1 }),
    ),
    row('a first fragment', everyPod(IDENTITY.outside), pieces[0] ?? sent),
    row('a later fragment', everyPod(IDENTITY.outside), pieces[1] ?? sent),
    row(
      'an error',
      everyPod(IDENTITY.outside),
      plain(icmpError(view, outside, pod).with(bare().ip(pod, outside).udp(1, 2))),
    ),
    row(
      'by tunnel, from whom nothing is refused',
      everyPod(IDENTITY.outside),
      outOfTunnel(question(view, remotePod)),
      'PASS_VALIDATED_TUNNEL',
    ),
    {
      ...row('a connection that is opened on the ports of a known one is a new one', known(podsOwn), syn),
      verdict: 'DROP_POLICY_INGRESS',
    },
  ];
}
