// ICMP: an echo is a flow of whoever asks; an error belongs to the flow that it is about; the rest stands alone.
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import { ICMP_TYPE, ICMPV6_TYPE } from '../../support/packet/icmp.ts';
import { bare, type Packet } from '../../support/packet/packet.ts';
import { flow, trackedLine } from '../tables/flow.ts';
import {
  bothWays,
  changed,
  closed,
  inward,
  onlyEgress,
  onlyIngress,
  outward,
  refused,
  WAYS,
  type Transport,
  type Way,
} from './way.ts';

const ID = 7;
const CLIENT = 40_000;
const SERVER = 53;

const ask =
  (id: number = ID): Transport =>
  ip =>
    ip.echo(id);
const reply =
  (id: number = ID): Transport =>
  ip =>
    ip.echo(id, { reply: true });

/** All others than "unreachable" (RFC 792, RFC 4443). */
const ERROR_TYPES = {
  ipv4: [
    ['"source quench"', 4],
    ['"redirect"', 5],
    ['"time exceeded"', ICMP_TYPE.timeExceeded],
    ['"parameter problem"', 12],
  ],
  ipv6: [
    ['"packet too big"', ICMPV6_TYPE.packetTooBig],
    ['"time exceeded"', ICMPV6_TYPE.timeExceeded],
    ['"parameter problem"', 4],
  ],
} as const;

const question: Transport = ip => ip.udp(CLIENT, SERVER, 'question');

export const icmpStories: Stories = {
  title: 'icmp',
  stories: WAYS.flatMap(way => [
    ...echoStories(way),
    ...errorStories(way),
    ...strayErrorStories(way),
    ...otherStories(way),
  ]),
};

function echoStories(way: Way): Story[] {
  const { pod } = way.view;
  const line = (...flags: string[]): string => trackedLine([pod, ID], [way.far, 0], ...flags);
  const given = onlyEgress(way);
  const notIn = (transport: Transport): Step => refused(inward(way, transport), 'DROP_POLICY_INGRESS');
  return [
    {
      name: `${way.name}: an echo is answered`,
      given,
      steps: [
        { ...outward(way, ask()), tracked: [line()] },
        { ...inward(way, reply()), tracked: [line('SEEN_REPLY')] },
        outward(way, ask()),
      ],
    },
    ...[ID, 0].map(id => ({
      name: `${way.name}: an echo request is never an answer, not with the identifier ${id} of one on its way`,
      given,
      steps: [
        outward(way, ask(id)),
        notIn(ask(id)),
        inward(way, reply(id)),
        notIn(ask(id)),
        inward(way, reply(id)),
      ],
    })),
    {
      name: `${way.name}: nor is a reply to nothing one, which is tracked by nobody`,
      given,
      steps: [
        { ...notIn(reply()), tracked: [] },
        outward(way, ask()),
        notIn(reply(ID + 1)),
        { ...inward(way, reply()), tracked: [line('SEEN_REPLY')] },
      ],
    },
    {
      name: `${way.name}: where both may ask, both do, with one identifier`,
      given: bothWays(way),
      steps: [
        outward(way, ask()),
        { ...inward(way, ask()), tracked: [line(), trackedLine([way.far, ID], [pod, 0])] },
        inward(way, reply()),
        outward(way, reply()),
      ],
    },
    {
      name: `${way.name}: who may be asked answers, and asks nothing`,
      given: onlyIngress(way),
      steps: [refused(outward(way, ask()), 'DROP_POLICY_EGRESS'), inward(way, ask()), outward(way, reply())],
    },
  ];
}

/** "Unreachable". */
function error({ view }: Way): Transport {
  return ip =>
    view.family === 'ipv4'
      ? ip.icmp({ type: ICMP_TYPE.unreachable, code: 1 })
      : ip.icmpv6({ type: ICMPV6_TYPE.unreachable, code: 3 });
}

/** About what the pod sent. */
function errorAbout(way: Way, quoted: Packet): Step {
  return inward(way, ip => error(way)(ip).with(quoted));
}

/** The pod's own, about what it was asked. */
function complaint(way: Way): Step {
  return outward(way, ip => error(way)(ip).with(question(bare().ip(way.far, way.view.pod))));
}

function sentTo({ view, far }: Way, transport: Transport): Packet {
  return transport(bare().ip(view.pod, far));
}

function errorStories(way: Way): Story[] {
  const about = errorAbout(way, sentTo(way, question));
  const line = trackedLine([way.view.pod, CLIENT], [way.far, SERVER]);
  return [
    {
      name: `${way.name}: an error about a flow belongs to it, and is no answer`,
      given: onlyEgress(way),
      steps: [outward(way, question), { ...about, tracked: [line] }],
    },
    ...ERROR_TYPES[way.view.family].map(([what, type]) => ({
      name: `${way.name}: also ${what}`,
      given: onlyEgress(way),
      steps: [
        outward(way, question),
        inward(way, ip =>
          (way.view.family === 'ipv4' ? ip.icmp({ type }) : ip.icmpv6({ type })).with(sentTo(way, question)),
        ),
      ],
    })),
    {
      name: `${way.name}: also about an echo`,
      given: onlyEgress(way),
      steps: [outward(way, ask()), errorAbout(way, sentTo(way, ask()))],
    },
    {
      name: `${way.name}: about no flow, it is evaluated as ICMP`,
      given: onlyEgress(way),
      steps: [{ ...refused(about, 'DROP_POLICY_INGRESS'), tracked: [] }],
    },
    {
      name: `${way.name}: and tracked by nobody`,
      given: onlyIngress(way),
      steps: [{ ...about, tracked: [] }],
    },
    {
      name: `${way.name}: the pod may say so of what it was asked, and of nothing else`,
      given: onlyIngress(way),
      steps: [refused(complaint(way), 'DROP_POLICY_EGRESS'), inward(way, question), complaint(way)],
    },
    {
      name: `${way.name}: about a flow that policy has cut, it is cut as well`,
      given: onlyEgress(way),
      steps: [outward(way, question), changed(refused(about, 'DROP_POLICY_EGRESS'), 1, onlyIngress(way))],
    },
  ];
}

/** Errors that quote what their receiver has not sent. */
function strayErrorStories(way: Way): Story[] {
  const { view, far } = way;
  const backward = errorAbout(way, bare().ip(far, view.pod).udp(SERVER, CLIENT, 'answer'));
  return [
    {
      name: `${way.name}: an error to who did not send what it quotes belongs to no flow`,
      given: onlyEgress(way),
      steps: [outward(way, question), refused(backward, 'DROP_POLICY_INGRESS')],
    },
    {
      name: `${way.name}: no error renews what a change of policy has yet to judge`,
      given: onlyEgress(way),
      steps: [
        outward(way, question),
        {
          ...changed(errorAbout(way, sentTo(way, question)), 1, onlyEgress(way)),
          tracked: [`${trackedLine([view.pod, CLIENT], [far, SERVER])} of an older policy`],
        },
      ],
    },
  ];
}

/** Neither an echo nor an error: a timestamp (RFC 792), a node information query (RFC 4620). */
function otherStories(way: Way): Story[] {
  const other: Transport = ip =>
    way.view.family === 'ipv4' ? ip.icmp({ type: 13 }) : ip.icmpv6({ type: 139 });
  const echoOfZero = flow([way.view.pod, 0], [way.far, 0], 'SEEN_REPLY');
  return [
    {
      name: `${way.name}: other messages are evaluated one by one, and tracked by nobody`,
      given: onlyEgress(way),
      steps: [
        { ...outward(way, other), tracked: [] },
        { ...refused(inward(way, other), 'DROP_POLICY_INGRESS'), tracked: [] },
      ],
    },
    {
      name: `${way.name}: they are no part of an echo with the identifier 0`,
      given: {
        ...onlyEgress(way),
        conntrack: [{ ...echoOfZero, protocol: way.view.family === 'ipv4' ? 1 : 58 }],
      },
      steps: [inward(way, reply(0)), refused(inward(way, other), 'DROP_POLICY_INGRESS')],
    },
    {
      name: `${way.name}: where nothing is admitted, nothing passes`,
      given: closed(),
      steps: [
        refused(outward(way, other), 'DROP_POLICY_EGRESS'),
        refused(inward(way, other), 'DROP_POLICY_INGRESS'),
      ],
    },
  ];
}
