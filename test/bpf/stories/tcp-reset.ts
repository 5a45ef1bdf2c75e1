// TCP: what claims to end a connection ends it only if the ends would believe it (RFC 9293 3.10.7.4, RFC 5961).
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import { answers, asks, CLIENT_ISN, OPEN, opened, podsLine, SERVER_ISN } from './tcp-segments.ts';
import { bothWays, inward, onlyEgress, outward, WAYS, type Way } from './way.ts';

/** Far from whatever the ends have sent. */
const ELSEWHERE = 12_345;
const CHUNK_BYTES = 1_000_000;
const HALF_WAY_ROUND = 2 ** 31 + SERVER_ISN;

export const tcpResetStories: Stories = {
  title: 'tcp reset',
  stories: WAYS.flatMap(way => [
    ...forgedStories(way),
    ...unprovenStories(way),
    ...takenBackStories(way),
    ...refusalStories(way),
  ]),
};

function leaves(step: Step, line: string): Step {
  return { ...step, tracked: [line] };
}

function forgedStories(way: Way): Story[] {
  const open = podsLine(way, ...OPEN);
  const forged: readonly [string, Step][] = [
    ['a RST from long ago', inward(way, answers('RST', { sequence: ELSEWHERE }))],
    ['a RST from far ahead', inward(way, answers('RST', { sequence: HALF_WAY_ROUND }))],
    [
      'a RST of the originator, just before what is acknowledged',
      outward(way, asks('RST', { sequence: CLIENT_ISN })),
    ],
    ['a RST with an ACK', inward(way, answers('RST ACK', { sequence: ELSEWHERE }))],
    ['a FIN from elsewhere', inward(way, answers('FIN ACK', { sequence: ELSEWHERE }))],
    ['a FIN of the originator', outward(way, asks('FIN ACK', { sequence: HALF_WAY_ROUND }))],
  ];
  return [
    ...forged.map(([what, step]): Story => ({
      name: `${way.name}: ${what} ends nothing`,
      given: onlyEgress(way),
      steps: [...opened(way), inward(way, answers('ACK')), leaves(step, open)],
    })),
    {
      name: `${way.name}: nor do numbers that a forged segment has brought near`,
      given: onlyEgress(way),
      steps: [
        ...opened(way),
        inward(way, answers('ACK', { sequence: HALF_WAY_ROUND })),
        leaves(inward(way, answers('RST', { sequence: HALF_WAY_ROUND })), open),
      ],
    },
    {
      name: `${way.name}: a RST after megabytes is in its window`,
      given: onlyEgress(way),
      steps: [...opened(way), ...flowing(way, 20), leaves(inward(way, at(20, 'RST')), reset(way))],
    },
  ];
}

/** Of a connection that nobody saw open, whose ends have only their packets to prove that they take part. */
function unprovenStories(way: Way): Story[] {
  const [out, into] = [outward(way, asks('ACK')), inward(way, answers('ACK'))];
  const [outReset, intoReset] = [
    outward(way, asks('RST', { sequence: HALF_WAY_ROUND })),
    inward(way, answers('RST', { sequence: ELSEWHERE })),
  ];
  const story = (who: string, steps: readonly Step[]): Story => ({
    name: `${way.name}: ${who} that end nothing are no proof that it lives`,
    given: bothWays(way),
    steps: steps.map((step, index) =>
      index < steps.length - 1 ? step : leaves(step, podsLine(way, 'MIDSTREAM', 'SEEN_REPLY')),
    ),
  });
  return [
    {
      name: `${way.name}: a handshake that is repeated proves nothing`,
      given: onlyEgress(way),
      steps: [
        ...[1, 2, 3].map(() => outward(way, asks('SYN'))),
        inward(way, answers('SYN ACK')),
        inward(way, answers('SYN ACK')),
        leaves(inward(way, answers('SYN ACK')), podsLine(way, 'SEEN_REPLY')),
      ],
    },
    {
      name: `${way.name}: nor does an acknowledgement of what nobody has sent`,
      given: onlyEgress(way),
      steps: [
        outward(way, asks('SYN')),
        inward(way, answers('SYN ACK')),
        leaves(outward(way, asks('ACK', { acknowledgement: ELSEWHERE })), podsLine(way, 'SEEN_REPLY')),
      ],
    },
    story('RSTs of one end', [out, out, out, into, intoReset, intoReset]),
    story('RSTs of the other end', [out, into, into, into, outReset, outReset]),
  ];
}

function at(chunk: number, flags: string) {
  return answers(flags, { sequence: SERVER_ISN + 1 + chunk * CHUNK_BYTES });
}

/** So many megabytes of the server's, each acknowledged. */
function flowing(way: Way, chunks: number): Step[] {
  return Array.from({ length: chunks }, (_, index) => [
    inward(way, at(index + 1, 'ACK')),
    outward(way, asks('ACK', { acknowledgement: SERVER_ISN + 1 + (index + 1) * CHUNK_BYTES })),
  ]).flat();
}

function reset(way: Way): string {
  return podsLine(way, ...OPEN, 'RESET_RESPONDER');
}

function takenBackStories(way: Way): Story[] {
  const start = [
    ...opened(way),
    inward(way, answers('ACK')),
    leaves(inward(way, answers('RST')), reset(way)),
  ];
  const open = podsLine(way, ...OPEN);
  return [
    {
      name: `${way.name}: data of the end that a RST claims to come from takes it back`,
      given: onlyEgress(way),
      steps: [...start, leaves(inward(way, answers('ACK')), open)],
    },
    {
      name: `${way.name}: so does the other end's challenge to it, until the end itself sends another (RFC 5961)`,
      given: onlyEgress(way),
      steps: [
        ...start,
        leaves(outward(way, asks('ACK')), open),
        leaves(inward(way, answers('RST')), reset(way)),
      ],
    },
    ...[1, 4_096, 65_535].flatMap((beyond): Story[] => [
      {
        name: `${way.name}: a RST ${beyond} into the window, challenged, ends nothing`,
        given: onlyEgress(way),
        steps: [
          ...opened(way),
          inward(way, answers('RST', { sequence: SERVER_ISN + 1 + beyond })),
          leaves(outward(way, asks('ACK')), open),
        ],
      },
      {
        name: `${way.name}: nor does one of the originator, ${beyond} into the window`,
        given: onlyEgress(way),
        steps: [
          ...opened(way),
          inward(way, answers('ACK')),
          outward(way, asks('RST', { sequence: CLIENT_ISN + 1 + beyond })),
          leaves(inward(way, answers('ACK')), open),
        ],
      },
    ]),
    {
      name: `${way.name}: nor do numbers from elsewhere, nor a SYN-ACK`,
      given: onlyEgress(way),
      steps: [
        ...start,
        leaves(inward(way, answers('ACK', { sequence: ELSEWHERE })), reset(way)),
        leaves(inward(way, answers('SYN ACK')), reset(way)),
      ],
    },
    {
      name: `${way.name}: whoever acknowledges takes back both`,
      given: onlyEgress(way),
      steps: [
        ...start,
        leaves(outward(way, asks('RST')), podsLine(way, ...OPEN, 'RESET_ORIGINATOR', 'RESET_RESPONDER')),
        leaves(outward(way, asks('ACK')), open),
      ],
    },
  ];
}

function refusalStories(way: Way): Story[] {
  const refusal = (acknowledgement: number): Step =>
    inward(way, answers('RST ACK', { sequence: 0, acknowledgement }));
  return [
    {
      name: `${way.name}: a SYN is refused by whoever acknowledges it, and by no other`,
      given: onlyEgress(way),
      steps: [
        outward(way, asks('SYN')),
        leaves(refusal(ELSEWHERE), podsLine(way)),
        leaves(refusal(CLIENT_ISN + 1), podsLine(way, 'RESET_RESPONDER')),
      ],
    },
  ];
}
