import { DEVICE, FAMILIES, IPV4, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import type { Versioned } from '../../support/bpf/given-policy.ts';
import {
  ANY_PEER,
  IDENTITY,
  allow,
  deny,
  identified,
  podWith,
  policy,
  together,
} from '../../support/bpf/policy-given.ts';
import { CLUSTER } from '../../support/bpf/cluster-given.ts';
import type { Row, Table } from '../../support/bpf/table.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import type { Packet } from '../../support/packet/packet.ts';
import { fromPod } from './pod.ts';

const ADMITTED = 'PASS_HOST';
const REFUSED = 'DROP_POLICY_EGRESS';
const POLICY = 50;
const OTHER_POLICY = 51;

/** Without the forward hook pod_tx checks a pod's packets to the outside: any address can be the destination. */
export const policyLookup: Table = {
  hook: 'pod_tx',
  title: 'policy: one row is found for a pod, a peer and a port',
  context: { ifindex: DEVICE.pod },
  constants: { forward_hook: 0 },
  rows: [
    ...FAMILIES.flatMap(view => [...prefixRows(view), ...identityRows(view)]),
    ...portRows(),
    ...protocolRows(),
    ...versionRows(),
  ],
};

/** Ports that a rule set tells apart, each way of writing them. */
function portRows(): Row[] {
  const tcp = IP_PROTOCOL.tcp;
  const range = [
    allow(1, { protocol: tcp, port: 80 }),
    allow(2, { protocol: tcp, port: 8_000, bits: 13 }),
    deny(3, { protocol: tcp, port: 8_001 }),
    allow(4, { protocol: tcp, port: 0x8000, bits: 1 }),
    deny(5),
  ];
  const everyPort = [allow(1, { protocol: tcp, bits: 0 }), deny(2, { protocol: tcp, port: 22 }), deny(3)];
  const row = (what: string, rules: ReturnType<typeof allow>[], port: number, verdict: string): Row => ({
    name: `tcp port ${port}, ${what}`,
    given: podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: rules } }),
    sent: fromPod(IPV4, IPV4.outside).tcp(4000, port),
    verdict,
  });
  return [
    row('which has a row', range, 80, ADMITTED),
    row('next to it', range, 81, REFUSED),
    row('before it', range, 79, REFUSED),
    row('the first of a prefix', range, 8_000, ADMITTED),
    row('the last of a prefix', range, 8_007, ADMITTED),
    row('behind a prefix', range, 8_008, REFUSED),
    row('before a prefix', range, 7_999, REFUSED),
    row('the longer prefix wins', range, 8_001, REFUSED),
    row('the lower half has no row', range, 0x7fff, REFUSED),
    row('the upper half has one', range, 0x8000, ADMITTED),
    row('to its end', range, 0xffff, ADMITTED),
    row('every port has a row', everyPort, 1, ADMITTED),
    row('and one has a longer one', everyPort, 22, REFUSED),
    row('every port, and that is port 0 too', everyPort, 0, ADMITTED),
  ];
}

function protocolRows(): Row[] {
  const ports = [80, 80] as const;
  const packets: Readonly<Record<'tcp' | 'udp' | 'sctp', Packet>> = {
    tcp: fromPod(IPV4, IPV4.outside).tcp(...ports),
    udp: fromPod(IPV4, IPV4.outside).udp(...ports, 'q'),
    sctp: fromPod(IPV4, IPV4.outside).sctp(...ports, Buffer.from([1, 0, 0, 4])),
  };
  const names = ['tcp', 'udp', 'sctp'] as const;
  const only = (what: string, rules: ReturnType<typeof allow>[], sent: Packet, verdict: string): Row => ({
    name: what,
    given: podWith({ podId: POD_ID.pod, egress: { [ANY_PEER]: rules } }),
    sent,
    verdict,
  });
  const pairs = names.flatMap(ruled =>
    names.map(sent =>
      only(
        `a rule for ${ruled} and a packet of ${sent}`,
        [allow(1, { protocol: IP_PROTOCOL[ruled], port: 80 }), deny(2)],
        packets[sent],
        ruled === sent ? ADMITTED : REFUSED,
      ),
    ),
  );
  const echo = fromPod(IPV4, IPV4.outside).echo(80);
  const tunnelled = fromPod(IPV4, IPV4.outside).ipv4('203.0.113.1', '203.0.113.2').udp(1, 2);
  return [
    ...pairs,
    only('a protocol without ports has the row of all protocols', [allow(1)], echo, ADMITTED),
    only('also one that nobody has heard of', [allow(1)], tunnelled, ADMITTED),
    only(
      'ICMP is of no rule with a port',
      [allow(1, { protocol: 6, bits: 0 }), allow(2, { protocol: 17, bits: 0 }), deny(3)],
      echo,
      REFUSED,
    ),
    only('nor is the unknown', [allow(1, { protocol: 6, bits: 0 }), deny(3)], tunnelled, REFUSED),
    only(
      'a rule set for all protocols but one',
      [deny(1, { protocol: 6, bits: 0 }), allow(2)],
      packets.tcp,
      REFUSED,
    ),
    only('and the others', [deny(1, { protocol: 6, bits: 0 }), allow(2)], packets.udp, ADMITTED),
  ];
}

/** Of an address that is no endpoint, the longest prefix tells. */
function prefixRows(view: View): Row[] {
  const { family, outside } = view;
  const [wide, narrow, other] =
    family === 'ipv4'
      ? ['198.51.100.0/24', '198.51.100.80/32', '0.0.0.0/0']
      : ['2001:db8:80::/48', '2001:db8:80::80/128', '::/0'];
  const foreign = family === 'ipv4' ? '::/0' : '0.0.0.0/0';
  const sent = fromPod(view, outside).udp(4000, 53, 'q');
  const only = (identity: number): Partial<Given> =>
    together(policy(POLICY, { [ANY_PEER]: [deny(1)], [identity]: [allow(2)] }), {
      pods: [{ podId: POD_ID.pod, egress: POLICY }],
    });
  const row = (
    what: string,
    prefixes: Readonly<Record<string, number>>,
    admitted: number,
    verdict: string,
  ): Row => ({
    name: `${family}: ${what}`,
    given: together(only(admitted), {
      cidrs: Object.entries(prefixes).map(([prefix, identity]) => ({ prefix, identity })),
    }),
    sent,
    verdict,
  });
  return [
    row('an address outside has the identity of its prefix', { [wide]: 7 }, 7, ADMITTED),
    row('the longest prefix wins', { [wide]: 7, [narrow]: 8, [other]: 9 }, 8, ADMITTED),
    row('and only that', { [wide]: 7, [narrow]: 8, [other]: 9 }, 7, REFUSED),
    row('everything is a prefix, too', { [other]: 9 }, 9, ADMITTED),
    row(
      'of its own family alone: IPv4 lies within ::/0, but under a prefix of its own',
      { [foreign]: 9, [other]: 6 },
      9,
      REFUSED,
    ),
    row('without one it is anybody', {}, 7, REFUSED),
    row('whose identity has no row is anybody', { [narrow]: 8 }, 7, REFUSED),
    {
      ...row("an endpoint's identity is its own, and no prefix's", { [other]: 9 }, 9, REFUSED),
      sent: fromPod(view, view.overlayNode).udp(4000, 53, 'q'),
    },
    {
      ...row('also where it has none', { [other]: 9 }, IDENTITY.overlayNode, ADMITTED),
      given: together(only(IDENTITY.overlayNode), {
        endpoints: CLUSTER.endpoints.map(identified),
        cidrs: [{ prefix: other, identity: 9 }],
      }),
      sent: fromPod(view, view.overlayNode).udp(4000, 53, 'q'),
    },
  ];
}

/** What a policy has for a peer is all it has for it: nothing is added from anybody's row. */
function identityRows(view: View): Row[] {
  const udp = IP_PROTOCOL.udp;
  const given = podWith({
    podId: POD_ID.pod,
    egress: {
      [ANY_PEER]: [allow(1, { protocol: udp, port: 53 }), deny(2)],
      [IDENTITY.outside]: [allow(3, { protocol: udp, port: 123 }), deny(4)],
    },
  });
  const row = (what: string, port: number, verdict: string): Row => ({
    name: `${view.family}: ${what}`,
    given,
    sent: fromPod(view, view.outside).udp(4000, port, 'q'),
    verdict,
  });
  return [
    row("a peer's own rule set is chosen", 123, ADMITTED),
    row("and anybody's is not asked then", 53, REFUSED),
  ];
}

/** The lowest bit of the generation picks the version of everything that has one. */
function versionRows(): Row[] {
  const view = IPV4;
  const policies = together(
    policy(POLICY, { [ANY_PEER]: [deny(1)], 7: [allow(2)] }),
    policy(OTHER_POLICY, { [ANY_PEER]: [deny(3)], 8: [allow(4)] }),
  );
  const rows = (
    what: string,
    to: 'outside' | 'overlayNode',
    identity: Versioned,
    egress: Versioned,
    admitted: readonly [boolean, boolean],
  ): Row[] =>
    [2, 3, 4, 5].map(generation => ({
      name: `generation ${generation}: ${what}`,
      given: together(policies, {
        control: { generation },
        pods: [{ podId: POD_ID.pod, egress }],
        ...(to === 'outside'
          ? { cidrs: [{ prefix: `${view.outside}/32`, identity }] }
          : {
              endpoints: CLUSTER.endpoints.map(endpoint =>
                endpoint.addr === view.overlayNode ? { ...endpoint, identity } : endpoint,
              ),
            }),
      }),
      sent: fromPod(view, view[to]).udp(4000, 53, 'q'),
      verdict: admitted[generation % 2] ? ADMITTED : REFUSED,
    }));
  const [even, odd] = [[true, false] as const, [false, true] as const];
  return [
    ...rows('an identity that a prefix has in the even version', 'outside', [7, 6], POLICY, even),
    ...rows('an identity that a prefix has in the odd version', 'outside', [6, 7], POLICY, odd),
    ...rows('an identity that an endpoint has in the even version', 'overlayNode', [7, 6], POLICY, even),
    ...rows('an identity that an endpoint has in the odd version', 'overlayNode', [6, 7], POLICY, odd),
    ...rows('a policy that the pod has in the even version', 'outside', 7, [POLICY, OTHER_POLICY], even),
    ...rows('a policy that the pod has in the odd version', 'outside', 7, [OTHER_POLICY, POLICY], odd),
    ...rows('all of them change at once', 'outside', [7, 8], [POLICY, OTHER_POLICY], [true, true]),
  ];
}
