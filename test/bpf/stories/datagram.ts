// UDP: the first packet opens a flow, its answers belong to it, and silence ends it.
import type { Given } from '../../support/bpf/given.ts';
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import { flow, trackedLine, type End } from '../tables/flow.ts';
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

const CLIENT = 40_000;
const SERVER = 53;
/** Silence after which a flow is over. */
const UNANSWERED_MS = 60_000;
const ASSURED_MS = 180_000;
const MOMENT_MS = 2_000;
/** Of a flow that policy has cut: what its responder says afterwards is a question. */
const SILENCE_MS = 10_000;

const question: Transport = ip => ip.udp(CLIENT, SERVER, 'question');
const answer: Transport = ip => ip.udp(SERVER, CLIENT, 'answer');

export const datagramStories: Stories = {
  title: 'udp',
  stories: WAYS.flatMap(way => [
    ...flowStories(way),
    ...assuredStories(way),
    ...agedStories(way),
    ...questionStories(way),
  ]),
};

function ends({ view, far }: Way): readonly [End, End] {
  return [
    [view.pod, CLIENT],
    [far, SERVER],
  ];
}

function flowStories(way: Way): Story[] {
  const [pod, far] = ends(way);
  const line = (...flags: string[]): string => trackedLine(pod, far, ...flags);
  return [
    {
      name: `${way.name}: a question is answered, and so are those after it`,
      given: onlyEgress(way),
      steps: [
        { ...outward(way, question), tracked: [line()] },
        outward(way, question),
        { ...inward(way, answer), tracked: [line('SEEN_REPLY')] },
        inward(way, answer),
        { ...outward(way, question), tracked: [line('SEEN_REPLY')] },
      ],
    },
    {
      name: `${way.name}: an answer to nothing is a question, and evaluated as one`,
      given: onlyEgress(way),
      steps: [
        { ...refused(inward(way, answer), 'DROP_POLICY_INGRESS'), tracked: [] },
        outward(way, question),
      ],
    },
    {
      name: `${way.name}: what the pod is asked it answers, and asks nothing itself`,
      given: onlyIngress(way),
      steps: [
        refused(outward(way, question), 'DROP_POLICY_EGRESS'),
        { ...inward(way, answer), tracked: [trackedLine(far, pod)] },
        outward(way, question),
      ],
    },
    {
      name: `${way.name}: between open ends one entry is kept`,
      steps: [
        { ...inward(way, answer), tracked: [trackedLine(far, pod)] },
        { ...outward(way, question), tracked: [trackedLine(far, pod, 'SEEN_REPLY')] },
      ],
    },
  ];
}

function assuredStories(way: Way): Story[] {
  const [pod, far] = ends(way);
  const once = [outward(way, question), inward(way, answer)];
  const line = (...flags: string[]): string => trackedLine(pod, far, 'SEEN_REPLY', ...flags);
  return [
    {
      name: `${way.name}: two questions and their answers assure nothing, a third pair does`,
      given: onlyEgress(way),
      steps: [
        ...[...once, outward(way, question)],
        { ...inward(way, answer), tracked: [line()] },
        outward(way, question),
        { ...inward(way, answer), tracked: [line('ASSURED')] },
      ],
    },
    {
      name: `${way.name}: nor do many questions with two answers`,
      given: onlyEgress(way),
      steps: [
        ...Array.from({ length: 9 }, () => outward(way, question)),
        ...[inward(way, answer), { ...inward(way, answer), tracked: [line()] }],
      ],
    },
    {
      name: `${way.name}: an assured flow that had no place in hd_ct gets one at its next packet`,
      given: {
        ...onlyEgress(way),
        conntrack: [{ ...flow(pod, far, 'SEEN_REPLY', 'ASSURED'), ageMs: MOMENT_MS, isEvictable: true }],
      },
      steps: [{ ...inward(way, answer), tracked: [line('ASSURED')] }],
    },
  ];
}

/** The other end's, on the ports of a flow that the pod had opened before policy cut it. */
function questionStories(way: Way): Story[] {
  const [pod, far] = ends(way);
  const opened = [outward(way, question), inward(way, answer)];
  const stale = trackedLine(pod, far, 'SEEN_REPLY', 'of an older policy');
  const silentFor = (ageMs: number) => ({ ...flow(pod, far, 'SEEN_REPLY'), ageMs, generation: 1 });
  const cut = changed(refused(outward(way, question), 'DROP_POLICY_EGRESS'), 1, onlyIngress(way));
  return [
    {
      name: `${way.name}: answers on their way to what policy cuts do not open it again`,
      given: bothWays(way),
      steps: [
        ...[...opened, cut],
        { ...inward(way, answer), tracked: [stale] },
        refused(outward(way, question), 'DROP_POLICY_EGRESS'),
        inward(way, answer),
        refused(outward(way, question), 'DROP_POLICY_EGRESS'),
      ],
    },
    {
      name: `${way.name}: what policy lets the responder ask after a silence it may ask, whoever asked before`,
      given: { ...onlyIngress(way), conntrack: [silentFor(SILENCE_MS + MOMENT_MS)] },
      steps: [
        { ...inward(way, answer), tracked: [trackedLine(far, pod)] },
        { ...outward(way, question), tracked: [trackedLine(far, pod, 'SEEN_REPLY')] },
      ],
    },
    {
      name: `${way.name}: as long as the responder goes on there is no silence`,
      given: { ...onlyIngress(way), conntrack: [silentFor(SILENCE_MS - MOMENT_MS)] },
      steps: [
        { ...inward(way, answer), tracked: [stale], isRenewed: true },
        refused(outward(way, question), 'DROP_POLICY_EGRESS'),
      ],
    },
    {
      name: `${way.name}: what it lets neither ask is refused for the flow that there was`,
      given: bothWays(way),
      steps: [
        ...opened,
        changed(refused(outward(way, question), 'DROP_POLICY_EGRESS'), 1, closed()),
        refused(inward(way, answer), 'DROP_POLICY_EGRESS'),
      ],
    },
    {
      name: `${way.name}: what is refused renews nothing`,
      given: {
        ...onlyIngress(way),
        conntrack: [{ ...flow(pod, far), ageMs: UNANSWERED_MS - MOMENT_MS, generation: 1 }],
      },
      steps: [
        { ...refused(outward(way, question), 'DROP_POLICY_EGRESS'), idle: [UNANSWERED_MS - MOMENT_MS] },
      ],
    },
  ];
}

function agedStories(way: Way): Story[] {
  const [pod, far] = ends(way);
  const known = (ageMs: number, ...flags: string[]): Partial<Given> => ({
    ...onlyEgress(way),
    conntrack: [{ ...flow(pod, far, ...flags), ageMs }],
  });
  const late: Step = refused(inward(way, answer), 'DROP_POLICY_INGRESS');
  return [
    {
      name: `${way.name}: a question that is asked again ends a silence`,
      given: known(SILENCE_MS),
      steps: [{ ...outward(way, question), isRenewed: true }],
    },
    {
      name: `${way.name}: so does the answer`,
      given: known(SILENCE_MS),
      steps: [{ ...inward(way, answer), isRenewed: true }],
    },
    {
      name: `${way.name}: an answer has a minute to come`,
      given: known(UNANSWERED_MS - MOMENT_MS),
      steps: [inward(way, answer)],
    },
    {
      name: `${way.name}: and comes too late after that`,
      given: known(UNANSWERED_MS + MOMENT_MS),
      steps: [late],
    },
    {
      name: `${way.name}: an assured flow lives through three minutes of silence`,
      given: known(ASSURED_MS - MOMENT_MS, 'SEEN_REPLY', 'ASSURED'),
      steps: [inward(way, answer)],
    },
    {
      name: `${way.name}: and no longer`,
      given: known(ASSURED_MS + MOMENT_MS, 'SEEN_REPLY', 'ASSURED'),
      steps: [late],
    },
    {
      name: `${way.name}: who asks again after that opens a new flow`,
      given: { ...known(ASSURED_MS + MOMENT_MS, 'SEEN_REPLY', 'ASSURED'), ...bothWays(way) },
      steps: [{ ...inward(way, answer), tracked: [trackedLine(far, pod)] }],
    },
  ];
}
