// TCP of which nobody saw the beginning: after a long silence, or when Heddle took over a node.
import { DEVICE, FAMILIES, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Stories, Story } from '../../support/bpf/story.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, eth } from '../../support/packet/packet.ts';
import { flow, trackedLine, type End } from '../tables/flow.ts';
import { answers, asks, farLine, OPEN, podsLine } from './tcp-segments.ts';
import {
  bothWays,
  changed,
  inward,
  onlyEgress,
  onlyIngress,
  outward,
  refused,
  WAYS,
  type Way,
} from './way.ts';

export const tcpMiddleStories: Stories = {
  title: 'tcp met in the middle',
  stories: [
    ...WAYS.flatMap(way => [...admittedStories(way), ...refusedStories(way)]),
    ...FAMILIES.map(anewStory),
  ],
};

/** Towards its own node, where pod_tx leaves both ends to the input hook. */
function anewStory(view: View): Story {
  const [pod, own]: [End, End] = [
    [view.pod, 40_000],
    [view.own, 80],
  ];
  const closed = flow(pod, own, ...OPEN, 'FIN_ORIGINATOR', 'FIN_RESPONDER', 'VIA_STACK_ORIG');
  return {
    name: `${view.family}: what is opened on the ports of a closed one has nothing of it`,
    given: { conntrack: [{ ...closed, protocol: IP_PROTOCOL.tcp, generation: 1 }] },
    steps: [
      {
        ...{ hook: 'pod_tx', context: { ifindex: DEVICE.pod }, verdict: 'PASS_HOST' },
        sent: eth(MAC.pod, MAC.gateway).with(asks('SYN')(bare().ip(view.pod, view.own))),
        tracked: [trackedLine(pod, own)],
      },
    ],
  };
}

function admittedStories(way: Way): Story[] {
  const [out, into] = [outward(way, asks('ACK')), inward(way, answers('ACK'))];
  const given = bothWays(way);
  return [
    {
      name: `${way.name}: is admitted where either end might have opened it`,
      given,
      steps: [
        { ...out, tracked: [podsLine(way, 'MIDSTREAM')] },
        { ...into, tracked: [podsLine(way, 'MIDSTREAM', 'SEEN_REPLY')] },
        out,
      ],
    },
    {
      name: `${way.name}: also when the other end speaks first`,
      given,
      steps: [{ ...into, tracked: [farLine(way, 'MIDSTREAM')] }, out, into],
    },
    {
      name: `${way.name}: ends when a connection is opened on its ports`,
      given,
      steps: [out, into, { ...outward(way, asks('SYN')), tracked: [podsLine(way)] }],
    },
    {
      name: `${way.name}: is evaluated in both directions when policy changes`,
      given,
      steps: [
        out,
        into,
        changed(out, 1, given),
        into,
        changed(refused(into, 'DROP_POLICY_INGRESS'), 2, onlyEgress(way)),
        refused(out, 'DROP_POLICY_INGRESS'),
        changed(refused(into, 'DROP_POLICY_EGRESS'), 3, onlyIngress(way)),
      ],
    },
  ];
}

function refusedStories(way: Way): Story[] {
  const [out, into] = [outward(way, asks('ACK')), inward(way, answers('ACK'))];
  return [
    {
      name: `${way.name}: where only the pod may open one, is refused`,
      given: onlyEgress(way),
      steps: [out, into].map(step => ({ ...refused(step, 'DROP_POLICY_INGRESS'), tracked: [] })),
    },
    {
      name: `${way.name}: where only the other end may, too`,
      given: onlyIngress(way),
      steps: [out, into].map(step => ({ ...refused(step, 'DROP_POLICY_EGRESS'), tracked: [] })),
    },
  ];
}
