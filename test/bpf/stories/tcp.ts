// TCP: who opened a connection decides which direction policy is asked for, from the first packet to the last.
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import {
  answers,
  asks,
  CLIENT,
  ended,
  farLine,
  OPEN,
  opened,
  podsLine,
  reset,
  SERVER,
} from './tcp-segments.ts';
import {
  inward,
  onlyEgress,
  onlyIngress,
  outward,
  refused,
  WAYS,
  bothWays,
  type Transport,
  type Way,
} from './way.ts';

export const tcpStories: Stories = {
  title: 'tcp',
  stories: WAYS.flatMap(way => [
    ...lifeStories(way),
    ...refusedStories(way),
    ...reopenedStories(way),
    ...forgottenStories(way),
  ]),
};

function lifeStories(way: Way): Story[] {
  const given = onlyEgress(way);
  const flags = [[], ['SEEN_REPLY'], OPEN, [...OPEN, 'FIN_ORIGINATOR']];
  const closed = [...OPEN, 'FIN_ORIGINATOR', 'FIN_RESPONDER'];
  const life = ended(way).map((step, index) => ({
    ...step,
    tracked: [podsLine(way, ...(flags[index] ?? closed))],
  }));
  return [
    {
      name: `${way.name}: what the pod may open is answered, to the last acknowledgement`,
      given,
      steps: life,
    },
    {
      name: `${way.name}: what it may be asked it may answer`,
      given: onlyIngress(way),
      steps: [
        inward(way, answers('SYN')),
        outward(way, asks('SYN ACK')),
        inward(way, answers('ACK')),
        { ...outward(way, asks('RST')), tracked: [farLine(way, ...OPEN, 'RESET_RESPONDER')] },
      ],
    },
    {
      name: `${way.name}: a question is repeated until it is answered`,
      given,
      steps: [outward(way, asks('SYN')), ...opened(way)],
    },
    {
      name: `${way.name}: a refusal is an answer`,
      given,
      steps: [
        outward(way, asks('SYN')),
        { ...inward(way, answers('RST ACK', { sequence: 0 })), tracked: [podsLine(way, 'RESET_RESPONDER')] },
      ],
    },
  ];
}

function refusedStories(way: Way): Story[] {
  const given = onlyEgress(way);
  const notIn = (transport: Transport): Step => ({
    ...refused(inward(way, transport), 'DROP_POLICY_INGRESS'),
    tracked: [],
  });
  return [
    {
      name: `${way.name}: what the pod may not open leaves nothing behind`,
      given: onlyIngress(way),
      steps: [{ ...refused(outward(way, asks('SYN')), 'DROP_POLICY_EGRESS'), tracked: [] }],
    },
    {
      name: `${way.name}: what may not be opened to it leaves nothing behind`,
      given,
      steps: [notIn(answers('SYN'))],
    },
    {
      name: `${way.name}: an answer to nothing is none`,
      given,
      steps: ['SYN ACK', 'ACK', 'RST', 'FIN ACK'].map(flags => notIn(answers(flags))),
    },
    {
      name: `${way.name}: an answer comes from the port that was asked, by the protocol that it was asked by`,
      given,
      steps: [
        outward(way, asks('SYN')),
        refused(
          inward(way, ip => ip.tcp(SERVER + 1, CLIENT, { flags: 'SYN ACK' })),
          'DROP_POLICY_INGRESS',
        ),
        refused(
          inward(way, ip => ip.udp(SERVER, CLIENT, 'a')),
          'DROP_POLICY_INGRESS',
        ),
      ],
    },
  ];
}

/** A SYN from the other side, on the same ports. */
function reopenedStories(way: Way): Story[] {
  const given = onlyEgress(way);
  const before = {
    asked: [outward(way, asks('SYN'))],
    open: opened(way),
    closed: ended(way),
    reset: reset(way),
  };
  const refusedSyn = refused(inward(way, answers('SYN')), 'DROP_POLICY_INGRESS');
  return [
    ...Object.entries(before).map(([what, steps]) => ({
      name: `${way.name}: who was asked asks back on the ports of a connection that is ${what}: evaluated on its own`,
      given,
      steps: [...steps, refusedSyn],
    })),
    {
      name: `${way.name}: and the connection that was there goes on`,
      given,
      steps: [
        ...opened(way),
        refusedSyn,
        { ...inward(way, answers('ACK')), tracked: [podsLine(way, ...OPEN)] },
        outward(way, asks('ACK')),
      ],
    },
    {
      name: `${way.name}: where policy admits that, it takes the place of the one before`,
      given: bothWays(way),
      steps: [...ended(way), { ...inward(way, answers('SYN')), tracked: [farLine(way)] }],
    },
    ...[before.closed, before.reset].map((steps, index) => ({
      name: `${way.name}: the ports of a connection that is ${index === 0 ? 'closed' : 'reset'} are used again`,
      given,
      steps: [
        ...steps,
        { ...outward(way, asks('SYN')), tracked: [podsLine(way)] },
        { ...inward(way, answers('SYN ACK')), tracked: [podsLine(way, 'SEEN_REPLY')] },
      ],
    })),
  ];
}

/** Both ends have lost a connection without a word (a crash), and open another one on its ports. */
function forgottenStories(way: Way): Story[] {
  const [client, server, elsewhere] = [3_000_000_000, 1_000_000_000, 12_345];
  const asksAnew = (flags: string): Step => {
    const sequence = client + Number(!flags.includes('SYN'));
    return outward(way, asks(flags, { sequence, acknowledgement: server + 1 }));
  };
  const answersAnew = (flags: string, acknowledgement = client + 1): Step => {
    const sequence = server + Number(!flags.includes('SYN'));
    return inward(way, answers(flags, { sequence, acknowledgement }));
  };
  const anew = [...opened(way), asksAnew('SYN'), answersAnew('SYN ACK'), asksAnew('ACK')];
  const given = onlyEgress(way);
  const ends = (what: string, steps: readonly Step[], last: Step, ...flags: string[]): Story => ({
    name: `${way.name}: ${what}`,
    given,
    steps: [...steps, { ...last, tracked: [podsLine(way, ...OPEN, ...flags)] }],
  });
  return [
    ends(
      'a connection on the ports of one that both ends have forgotten is closed by its own FINs',
      [...anew, asksAnew('FIN ACK')],
      answersAnew('FIN ACK'),
      ...['FIN_ORIGINATOR', 'FIN_RESPONDER'],
    ),
    ends('and reset by its own RST', anew, answersAnew('RST'), 'RESET_RESPONDER'),
    ends(
      'also where the client has begun twice',
      [
        ...[...opened(way), outward(way, asks('SYN', { sequence: elsewhere })), asksAnew('SYN')],
        ...[answersAnew('SYN ACK'), asksAnew('ACK'), asksAnew('FIN ACK')],
      ],
      answersAnew('FIN ACK'),
      ...['FIN_ORIGINATOR', 'FIN_RESPONDER'],
    ),
    {
      name: `${way.name}: where the server has not forgotten it, what follows its challenge is a connection of its own`,
      given,
      steps: [
        ...[...opened(way), asksAnew('SYN'), inward(way, answers('ACK'))],
        { ...outward(way, asks('RST')), tracked: [podsLine(way, ...OPEN, 'RESET_ORIGINATOR')] },
        { ...asksAnew('SYN'), tracked: [podsLine(way)] },
        ...[answersAnew('SYN ACK'), asksAnew('ACK'), asksAnew('FIN ACK')],
        { ...answersAnew('FIN ACK'), tracked: [podsLine(way, ...OPEN, 'FIN_ORIGINATOR', 'FIN_RESPONDER')] },
      ],
    },
    {
      name: `${way.name}: opened anew by who was asked, it is closed by its own FINs, too`,
      given: bothWays(way),
      steps: [
        ...[...opened(way), { ...answersAnew('SYN'), tracked: [farLine(way)] }, asksAnew('SYN ACK')],
        ...[answersAnew('ACK'), answersAnew('FIN ACK')],
        { ...asksAnew('FIN ACK'), tracked: [farLine(way, ...OPEN, 'FIN_ORIGINATOR', 'FIN_RESPONDER')] },
      ],
    },
    ends(
      'also where the one before was half closed',
      [...opened(way), outward(way, asks('FIN ACK')), asksAnew('SYN')],
      answersAnew('SYN ACK'),
    ),
    ends(
      'a SYN-ACK that acknowledges no SYN brings no numbers',
      [...opened(way), asksAnew('SYN'), answersAnew('SYN ACK', elsewhere)],
      answersAnew('RST', elsewhere),
    ),
  ];
}
