// A change of policy reaches flows that are open: what is no longer admitted stops in both directions, what still is
// never notices.
import { POD_ID } from '../../support/bpf/cluster.ts';
import type { Given } from '../../support/bpf/given.ts';
import { ANY_PEER, allow, deny, podWith } from '../../support/bpf/policy-given.ts';
import type { Stories, Story } from '../../support/bpf/story.ts';
import { trackedLine } from '../tables/flow.ts';
import { answers, asks, opened } from './tcp-segments.ts';
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
  type Way,
} from './way.ts';

const OLD = 'of an older policy';

export const revocationStories: Stories = {
  title: 'a change of policy',
  stories: WAYS.flatMap(way => [...podsStories(way), ...farStories(way)]),
};

/** The pod has opened the connection. */
function podsStories(way: Way): Story[] {
  const [out, into] = [outward(way, asks('ACK')), inward(way, answers('ACK'))];
  const line = `${trackedLine([way.view.pod, 40_000], [way.far, 80])} ASSURED SEEN_REPLY`;
  const cut = refused(out, 'DROP_POLICY_EGRESS');
  return [
    {
      name: `${way.name}: cuts what it no longer admits, in both directions`,
      given: onlyEgress(way),
      steps: [
        ...opened(way),
        { ...changed(cut, 1, closed()), tracked: [`${line} ${OLD}`] },
        refused(into, 'DROP_POLICY_EGRESS'),
        cut,
      ],
    },
    {
      name: `${way.name}: whichever direction comes first, and although it admits the other`,
      given: onlyEgress(way),
      steps: [...opened(way), changed(refused(into, 'DROP_POLICY_EGRESS'), 1, onlyIngress(way)), cut],
    },
    {
      name: `${way.name}: leaves alone what it still admits`,
      given: onlyEgress(way),
      steps: [
        ...opened(way),
        { ...changed(into, 1, onlyEgress(way)), tracked: [line] },
        out,
        changed(out, 2, bothWays(way)),
        into,
      ],
    },
    {
      name: `${way.name}: lets what was cut go on once it is admitted again`,
      given: onlyEgress(way),
      steps: [
        ...opened(way),
        changed(cut, 1, closed()),
        { ...changed(into, 2, onlyEgress(way)), tracked: [line] },
        out,
      ],
    },
    {
      name: `${way.name}: a flow that was opened while nothing selected the pod has been seen`,
      steps: [
        ...opened(way),
        changed(out, 1, onlyEgress(way)),
        into,
        changed(refused(into, 'DROP_POLICY_EGRESS'), 2, onlyIngress(way)),
      ],
    },
    {
      name: `${way.name}: asks for the port that was asked, whichever direction comes first`,
      given: onlyPort(way, 'egress', 80),
      steps: [
        ...opened(way),
        changed(into, 1, onlyPort(way, 'egress', 80)),
        out,
        changed(out, 2, onlyPort(way, 'egress', 80)),
        changed(refused(into, 'DROP_POLICY_EGRESS'), 3, onlyPort(way, 'egress', 40_000)),
        cut,
      ],
    },
    {
      name: `${way.name}: is no change until its generation is`,
      given: onlyEgress(way),
      steps: [...opened(way), { ...out, change: closed() }, into],
    },
  ];
}

/** TCP to that port, and nothing in the other direction. */
function onlyPort({ identity }: Way, direction: 'egress' | 'ingress', port: number): Partial<Given> {
  const nobody = { [ANY_PEER]: [deny(9)] };
  const admitting = { ...nobody, [identity]: [allow(1, { protocol: 6, port }), deny(2)] };
  return podWith({ podId: POD_ID.pod, egress: nobody, ingress: nobody, [direction]: admitting });
}

/** The other end has: the same ports, the other way round. */
function farStories(way: Way): Story[] {
  const [into, out] = [inward(way, answers('ACK')), outward(way, asks('ACK'))];
  const steps = [inward(way, answers('SYN')), outward(way, asks('SYN ACK')), into];
  return [
    {
      name: `${way.name}: cuts what came in and may no longer`,
      given: onlyIngress(way),
      steps: [
        ...steps,
        changed(refused(out, 'DROP_POLICY_INGRESS'), 1, onlyEgress(way)),
        refused(into, 'DROP_POLICY_INGRESS'),
      ],
    },
    {
      name: `${way.name}: asks for the port that the pod was asked at, whichever direction comes first`,
      given: onlyPort(way, 'ingress', 40_000),
      steps: [
        ...steps,
        changed(out, 1, onlyPort(way, 'ingress', 40_000)),
        into,
        changed(into, 2, onlyPort(way, 'ingress', 40_000)),
        changed(refused(out, 'DROP_POLICY_INGRESS'), 3, onlyPort(way, 'ingress', 80)),
      ],
    },
    {
      name: `${way.name}: leaves alone what may still come in`,
      given: onlyIngress(way),
      steps: [...steps, changed(out, 1, onlyIngress(way)), into, changed(into, 2, bothWays(way)), out],
    },
  ];
}
