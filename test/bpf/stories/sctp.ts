// SCTP: an association is opened by INIT, and ended by SHUTDOWN or ABORT.
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import { trackedLine } from '../tables/flow.ts';
import {
  bothWays,
  inward,
  onlyEgress,
  onlyIngress,
  outward,
  refused,
  WAYS,
  type Transport,
  type Way,
} from './way.ts';

const CLIENT = 40_000;
const SERVER = 3_868;
/** What each end wants to find in the packets that it gets. */
const [CLIENT_TAG, SERVER_TAG] = [0xc11e, 0x5e77];

/** Types of chunks (RFC 9260 section 3.2). */
const CHUNK = {
  data: 0,
  init: 1,
  initAck: 2,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
} as const;

/** Of who knows no such association: the T bit. */
const REFLECTED_ABORT = Buffer.from([CHUNK.abort, 1, 0, 4]);

const asks =
  (type: keyof typeof CHUNK): Transport =>
  ip =>
    ip.sctp(CLIENT, SERVER, chunk(type), { tag: type === 'init' ? 0 : SERVER_TAG });
const answers =
  (type: keyof typeof CHUNK): Transport =>
  ip =>
    ip.sctp(SERVER, CLIENT, chunk(type), { tag: CLIENT_TAG });

/** Of the next association on the same ports. */
const [NEXT_CLIENT_TAG, NEXT_SERVER_TAG] = [0xc11f, 0x5e78];
const anew =
  (type: keyof typeof CHUNK): Transport =>
  ip =>
    type === 'init'
      ? ip.sctp(CLIENT, SERVER, init(NEXT_CLIENT_TAG), { tag: 0 })
      : ip.sctp(CLIENT, SERVER, chunk(type), { tag: NEXT_SERVER_TAG });
const answeredAnew =
  (type: keyof typeof CHUNK): Transport =>
  ip =>
    ip.sctp(SERVER, CLIENT, chunk(type), { tag: NEXT_CLIENT_TAG });

export const sctpStories: Stories = {
  title: 'sctp',
  stories: WAYS.flatMap(way => [...lifeStories(way), ...refusedStories(way)]),
};

function chunk(type: keyof typeof CHUNK): Buffer {
  return Buffer.from([CHUNK[type], 0, 0, 4]);
}

/** With the tag that its sender wants to find; what else it says is nobody's here. */
function init(tag: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.set([CHUNK.init, 0, 0, bytes.length]);
  bytes.writeUInt32BE(tag, 4);
  return bytes;
}

function opened(way: Way): Step[] {
  return [
    outward(way, asks('init')),
    inward(way, answers('initAck')),
    outward(way, asks('cookieEcho')),
    inward(way, answers('cookieAck')),
  ];
}

function lifeStories(way: Way): Story[] {
  const given = onlyEgress(way);
  const line = (...flags: string[]): string =>
    trackedLine([way.view.pod, CLIENT], [way.far, SERVER], ...flags);
  const open = ['SEEN_REPLY', 'ASSURED'];
  return [
    {
      name: `${way.name}: an association lives from INIT to SHUTDOWN COMPLETE`,
      given,
      steps: [
        ...opened(way),
        { ...outward(way, asks('shutdown')), tracked: [line(...open, 'FIN_ORIGINATOR')] },
        {
          ...inward(way, answers('shutdownAck')),
          tracked: [line(...open, 'FIN_ORIGINATOR', 'FIN_RESPONDER')],
        },
        {
          ...outward(way, asks('shutdownComplete')),
          tracked: [line(...open, 'FIN_ORIGINATOR', 'FIN_RESPONDER')],
        },
      ],
    },
    {
      name: `${way.name}: ABORT ends it`,
      given,
      steps: [
        ...opened(way),
        { ...inward(way, answers('abort')), tracked: [line('SEEN_REPLY', 'ASSURED', 'RESET_RESPONDER')] },
      ],
    },
    {
      name: `${way.name}: so does one with the tag that its sender was sent (RFC 9260 section 8.5.1)`,
      given,
      steps: [
        ...opened(way),
        {
          ...inward(way, ip => ip.sctp(SERVER, CLIENT, REFLECTED_ABORT, { tag: SERVER_TAG })),
          tracked: [line('SEEN_REPLY', 'ASSURED', 'RESET_RESPONDER')],
        },
      ],
    },
    {
      name: `${way.name}: ABORT with another tag than the association's does not`,
      given,
      steps: [
        ...opened(way),
        {
          ...inward(way, ip => ip.sctp(SERVER, CLIENT, chunk('abort'), { tag: 4_711 })),
          tracked: [line('ASSURED', 'SEEN_REPLY')],
        },
      ],
    },
    {
      name: `${way.name}: an association on the ports of one that both ends have forgotten ends by its own tags`,
      given,
      steps: [
        ...opened(way),
        ...[outward(way, anew('init')), inward(way, answeredAnew('initAck'))],
        ...[outward(way, anew('cookieEcho')), inward(way, answeredAnew('cookieAck'))],
        { ...inward(way, answeredAnew('abort')), tracked: [line(...open, 'RESET_RESPONDER')] },
      ],
    },
    {
      name: `${way.name}: and is shut down by both of its ends`,
      given,
      steps: [
        ...opened(way),
        ...[outward(way, anew('init')), inward(way, answeredAnew('initAck'))],
        ...[outward(way, anew('cookieEcho')), inward(way, answeredAnew('cookieAck'))],
        ...[outward(way, anew('data')), outward(way, anew('shutdown'))],
        {
          ...inward(way, answeredAnew('shutdownAck')),
          tracked: [line(...open, 'FIN_ORIGINATOR', 'FIN_RESPONDER')],
        },
      ],
    },
    {
      name: `${way.name}: a COOKIE ACK that answers no INIT brings no tag`,
      given,
      steps: [
        ...[...opened(way), outward(way, anew('init'))],
        inward(way, ip => ip.sctp(SERVER, CLIENT, chunk('cookieAck'), { tag: 4_711 })),
        {
          ...inward(way, ip => ip.sctp(SERVER, CLIENT, chunk('abort'), { tag: 4_711 })),
          tracked: [line('ASSURED', 'SEEN_REPLY')],
        },
      ],
    },
    {
      name: `${way.name}: data keeps it`,
      given,
      steps: [
        ...opened(way),
        outward(way, asks('data')),
        { ...inward(way, answers('data')), tracked: [line('ASSURED', 'SEEN_REPLY')] },
      ],
    },
  ];
}

function refusedStories(way: Way): Story[] {
  const [out, into] = [outward(way, asks('data')), inward(way, answers('data'))];
  return [
    {
      name: `${way.name}: INIT is evaluated`,
      given: onlyIngress(way),
      steps: [{ ...refused(outward(way, asks('init')), 'DROP_POLICY_EGRESS'), tracked: [] }],
    },
    {
      name: `${way.name}: INIT of the other end is evaluated on its own`,
      given: onlyEgress(way),
      steps: [...opened(way), refused(inward(way, answers('init')), 'DROP_POLICY_INGRESS'), into],
    },
    {
      name: `${way.name}: an answer to nothing is none`,
      given: onlyEgress(way),
      steps: [refused(inward(way, answers('initAck')), 'DROP_POLICY_INGRESS')],
    },
    {
      name: `${way.name}: what is met in the middle must be admitted in both directions`,
      given: bothWays(way),
      steps: [
        { ...out, tracked: [trackedLine([way.view.pod, CLIENT], [way.far, SERVER], 'MIDSTREAM')] },
        into,
      ],
    },
    {
      name: `${way.name}: and is refused where it is not`,
      given: onlyEgress(way),
      steps: [refused(out, 'DROP_POLICY_INGRESS'), refused(into, 'DROP_POLICY_INGRESS')],
    },
  ];
}
