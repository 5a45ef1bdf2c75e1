// A Service's address is netfilter's: policy sees the backend behind it, and answers come back through the stack.
// What pod_rx makes of them it reads from netfilter's own entry, which a test run has not: live-translated.test.ts.
import { FAMILIES, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { IDENTITY, together } from '../../support/bpf/policy-given.ts';
import type { Stories, Story } from '../../support/bpf/story.ts';
import { trackedLine } from '../tables/flow.ts';
import { podsOnNoDevice } from '../tables/policy-forward.ts';
import {
  BACKEND,
  CLIENT,
  NOBODY,
  PORT,
  admitting,
  forwarded,
  podSends,
  policies,
  received,
  serviceOf,
  siblingSends,
  tcp,
  type End,
} from './host-stack.ts';

export const serviceStories: Stories = {
  title: 'a Service',
  stories: FAMILIES.flatMap(view => [...remoteServiceStories(view), ...localServiceStories(view)]),
};

function remoteServiceStories(view: View): Story[] {
  const pod: End = [view.pod, CLIENT];
  const service: End = [serviceOf(view), PORT];
  const backend: End = [view.directPod, BACKEND];
  const before = trackedLine(pod, service);
  const behind = trackedLine(pod, backend, 'VIA_STACK_REPLY');
  const question = [
    { ...podSends('PASS_HOST', tcp(pod, service, 'SYN')), tracked: [before] },
    { ...forwarded('PASS_HOST_PATH', tcp(pod, backend, 'SYN')), tracked: [before, behind] },
  ];
  const toBackend = together(policies(POD_ID.pod, admitting(IDENTITY.directPod), NOBODY), podsOnNoDevice());
  const answer = tcp(backend, pod, 'SYN ACK');
  return [
    {
      name: `${view.family}: a Service is asked by its backend's address and port, and answered the way back`,
      given: toBackend,
      steps: [
        ...question,
        received('PASS_HOST_PATH', answer),
        {
          ...forwarded('PASS_HOST_PATH', answer),
          tracked: [before, trackedLine(pod, backend, 'SEEN_REPLY', 'VIA_STACK_REPLY')],
        },
        podSends('PASS_HOST', tcp(pod, service, 'ACK')),
        forwarded('PASS_HOST_PATH', tcp(pod, backend, 'ACK')),
      ],
    },
    {
      name: `${view.family}: a Service whose backend is refused`,
      given: together(policies(POD_ID.pod, admitting(IDENTITY.remotePod), NOBODY), podsOnNoDevice()),
      steps: [
        podSends('PASS_HOST', tcp(pod, service, 'SYN')),
        { ...forwarded('DROP_POLICY_EGRESS', tcp(pod, backend, 'SYN')), tracked: [before] },
      ],
    },
    {
      name: `${view.family}: a Service whose backend is refused from now on`,
      given: toBackend,
      steps: [
        ...question,
        {
          ...forwarded('DROP_POLICY_EGRESS', answer),
          change: together(policies(POD_ID.pod, NOBODY, admitting(IDENTITY.directPod)), podsOnNoDevice(), {
            control: { generation: 3 },
          }),
        },
        forwarded('DROP_POLICY_EGRESS', tcp(pod, backend, 'ACK')),
        received('PASS_HOST_PATH', answer),
      ],
    },
  ];
}

function localServiceStories(view: View): Story[] {
  const pod: End = [view.pod, CLIENT];
  const service: End = [serviceOf(view), PORT];
  const backend: End = [view.sibling, BACKEND];
  const steps = [
    podSends('PASS_HOST', tcp(pod, service, 'SYN')),
    forwarded('PASS_HOST_PATH', tcp(pod, backend, 'SYN')),
  ];
  const both = together(
    policies(POD_ID.pod, admitting(IDENTITY.sibling), NOBODY),
    policies(POD_ID.sibling, NOBODY, admitting(IDENTITY.pod)),
    podsOnNoDevice(),
  );
  const receiverRefuses = together(policies(POD_ID.sibling, undefined, NOBODY), podsOnNoDevice());
  return [
    {
      name: `${view.family}: a Service with a backend on this node is evaluated by both ends, and answered through the stack`,
      given: both,
      steps: [
        ...steps,
        siblingSends('PASS_HOST_PATH', tcp(backend, pod, 'SYN ACK')),
        forwarded('PASS_HOST_PATH', tcp(backend, pod, 'SYN ACK')),
      ],
    },
    {
      name: `${view.family}: a Service whose backend on this node takes nobody in`,
      given: receiverRefuses,
      steps: [
        podSends('PASS_HOST', tcp(pod, service, 'SYN')),
        forwarded('DROP_POLICY_INGRESS', tcp(pod, backend, 'SYN')),
      ],
    },
    {
      name: `${view.family}: a Service whose backend is the pod itself`,
      given: together(policies(POD_ID.pod, NOBODY, NOBODY), podsOnNoDevice()),
      steps: [
        podSends('PASS_HOST', tcp(pod, service, 'SYN')),
        forwarded('PASS_HOST_PATH', tcp(pod, [view.pod, BACKEND], 'SYN')),
      ],
    },
  ];
}
