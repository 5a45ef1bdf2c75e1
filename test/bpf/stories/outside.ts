// What is no pod: the outside, by a port of the node or by the pod's own address, and the node itself.
import { DEVICE, FAMILIES, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { ANY_PEER, IDENTITY, allow, deny, together } from '../../support/bpf/policy-given.ts';
import type { Stories, Story } from '../../support/bpf/story.ts';
import { bare } from '../../support/packet/packet.ts';
import { trackedLine } from '../tables/flow.ts';
import { podsOnNoDevice } from '../tables/policy-forward.ts';
import {
  BACKEND,
  CLIENT,
  NOBODY,
  PORT,
  admitting,
  forwarded,
  handedOver,
  podSends,
  policies,
  tcp,
  type End,
  takenIn,
} from './host-stack.ts';
import { refused } from './way.ts';

const NODE_PORT = 30_080;

export const outsideStories: Stories = {
  title: 'outside and own node',
  stories: FAMILIES.flatMap(view => [
    ...nodePortStories(view),
    ...reachedStories(view),
    ...ownNodeStories(view),
  ]),
};

/** From outside to a port of the node, with masquerade: the pod will see the node's address. */
function nodePortStories(view: View): Story[] {
  const client: End = [view.outside, CLIENT];
  const masqueraded: End = [view.own, NODE_PORT];
  const backend: End = [view.pod, BACKEND];
  const ownNode = { [IDENTITY.own]: [allow(9)] };
  const admitted = together(
    policies(POD_ID.pod, NOBODY, { ...admitting(IDENTITY.outside), ...ownNode }),
    podsOnNoDevice(),
  );
  const question = forwarded('PASS_UNMANAGED', tcp(client, backend, 'SYN'));
  return [
    {
      name: `${view.family}: NodePort with masquerade is evaluated by its client`,
      given: admitted,
      steps: [
        question,
        handedOver(DEVICE.uplink, tcp(masqueraded, backend, 'SYN')),
        podSends('PASS_HOST', tcp(backend, masqueraded, 'SYN ACK')),
        forwarded('PASS_UNMANAGED', tcp(backend, client, 'SYN ACK')),
      ],
    },
    {
      name: `${view.family}: and refused for its client, although the node itself is admitted`,
      given: together(policies(POD_ID.pod, NOBODY, { [ANY_PEER]: [deny(1)], ...ownNode }), podsOnNoDevice()),
      steps: [refused(question, 'DROP_POLICY_INGRESS')],
    },
    {
      name: `${view.family}: a port of the node that leads to a pod, without masquerade`,
      given: together(policies(POD_ID.pod, NOBODY, admitting(IDENTITY.outside)), podsOnNoDevice()),
      steps: [
        question,
        {
          ...handedOver(DEVICE.uplink, tcp(client, backend, 'SYN')),
          tracked: [trackedLine(client, backend)],
        },
        podSends('PASS_HOST', tcp(backend, client, 'SYN ACK')),
        {
          ...forwarded('PASS_UNMANAGED', tcp(backend, client, 'SYN ACK')),
          tracked: [trackedLine(client, backend, 'SEEN_REPLY')],
        },
      ],
    },
  ];
}

function reachedStories(view: View): Story[] {
  const pod: End = [view.pod, CLIENT];
  const server: End = [view.outside, BACKEND];
  const admitted = together(policies(POD_ID.pod, admitting(IDENTITY.outside), NOBODY), podsOnNoDevice());
  const steps = [
    podSends('PASS_HOST', tcp(pod, server, 'SYN')),
    forwarded('PASS_UNMANAGED', tcp(pod, server, 'SYN')),
    forwarded('PASS_UNMANAGED', tcp(server, pod, 'SYN ACK')),
    handedOver(DEVICE.uplink, tcp(server, pod, 'SYN ACK')),
  ];
  return [
    {
      name: `${view.family}: the outside answers, and asks nothing`,
      given: admitted,
      steps: [...steps, forwarded('DROP_POLICY_INGRESS', tcp(server, pod, 'SYN'))],
    },
    {
      name: `${view.family}: the outside is cut off`,
      given: admitted,
      steps: [
        ...steps,
        {
          ...forwarded('DROP_POLICY_EGRESS', tcp(server, pod, 'ACK')),
          change: together(policies(POD_ID.pod, NOBODY, NOBODY), podsOnNoDevice(), {
            control: { generation: 3 },
          }),
        },
        podSends('PASS_HOST', tcp(pod, server, 'ACK')),
        forwarded('DROP_POLICY_EGRESS', tcp(pod, server, 'ACK')),
      ],
    },
    {
      name: `${view.family}: what the pod may not ask does not keep it from being asked, on the same ports`,
      given: together(
        policies(POD_ID.pod, NOBODY, { [ANY_PEER]: [deny(1)], [IDENTITY.outside]: [allow(2)] }),
        podsOnNoDevice(),
      ),
      steps: [
        podSends('PASS_HOST', bare().ip(view.pod, view.outside).udp(500, 500, 'a')),
        forwarded('DROP_POLICY_EGRESS', bare().ip(view.pod, view.outside).udp(500, 500, 'a')),
        {
          ...forwarded('PASS_UNMANAGED', bare().ip(view.outside, view.pod).udp(500, 500, 'b')),
          tracked: [trackedLine([view.outside, 500], [view.pod, 500])],
        },
        podSends('PASS_HOST', bare().ip(view.pod, view.outside).udp(500, 500, 'a')),
        forwarded('PASS_UNMANAGED', bare().ip(view.pod, view.outside).udp(500, 500, 'a')),
      ],
    },
    {
      name: `${view.family}: what the outside opened while nothing was known of it is met in the middle`,
      given: together(policies(POD_ID.pod, admitting(IDENTITY.outside), undefined), podsOnNoDevice()),
      steps: [
        forwarded('PASS_UNMANAGED', tcp(pod, server, 'ACK')),
        forwarded('PASS_UNMANAGED', tcp(server, pod, 'ACK')),
      ],
    },
  ];
}

function ownNodeStories(view: View): Story[] {
  const pod: End = [view.pod, BACKEND];
  const node: End = [view.own, CLIENT];
  const closed = together(policies(POD_ID.pod, NOBODY, NOBODY), podsOnNoDevice());
  const probe = [
    { ...handedOver(0, tcp(node, pod, 'SYN')), tracked: [trackedLine(node, pod, 'FROM_NODE')] },
    {
      ...podSends('PASS_HOST', tcp(pod, node, 'SYN ACK')),
      tracked: [trackedLine(node, pod, 'SEEN_REPLY', 'FROM_NODE')],
    },
    handedOver(0, tcp(node, pod, 'ACK')),
  ];
  const asks: End = [view.pod, CLIENT];
  const server: End = [view.own, BACKEND];
  return [
    {
      name: `${view.family}: a node asks its own pod, and is answered, whatever policy says`,
      given: closed,
      steps: probe,
    },
    {
      name: `${view.family}: also while policy changes`,
      given: closed,
      steps: [
        ...probe,
        {
          ...podSends('PASS_HOST', tcp(pod, node, 'ACK')),
          change: { ...closed, control: { generation: 3 } },
        },
      ],
    },
    {
      name: `${view.family}: the pod asks nothing in return`,
      given: closed,
      steps: [
        ...probe,
        podSends('PASS_HOST', tcp(pod, node, 'SYN')),
        takenIn('DROP_POLICY_EGRESS', tcp(pod, node, 'SYN')),
      ],
    },
    {
      name: `${view.family}: a pod asks its own node where policy lets it, and is answered`,
      given: together(policies(POD_ID.pod, admitting(IDENTITY.own), NOBODY), podsOnNoDevice()),
      steps: [
        podSends('PASS_HOST', tcp(asks, server, 'SYN')),
        takenIn('PASS_HOST', tcp(asks, server, 'SYN')),
        {
          ...handedOver(0, tcp(server, asks, 'SYN ACK')),
          tracked: [trackedLine(asks, server, 'SEEN_REPLY')],
        },
        podSends('PASS_HOST', tcp(asks, server, 'ACK')),
        podSends('PASS_HOST', tcp(asks, [view.own, PORT], 'SYN')),
        takenIn('DROP_POLICY_EGRESS', tcp(asks, [view.own, PORT], 'SYN')),
      ],
    },
  ];
}
