// A Service of Heddle's own: a client's packets go to a backend, whose answers come from the Service.
import { FAMILIES, POD_ID, type View } from '../../support/bpf/cluster.ts';
import { IDENTITY, together } from '../../support/bpf/policy-given.ts';
import type { Stories, Story } from '../../support/bpf/story.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { admitting, NOBODY, policies } from './host-stack.ts';
import {
  answers,
  asked,
  asks,
  datagram,
  flows,
  OPEN,
  opened,
  segment,
  sends,
  service,
  waysOf,
} from './service-way.ts';

export const translatedServiceStories: Stories = {
  title: "a Service of Heddle's own",
  stories: FAMILIES.flatMap(view => [...pathStories(view), ...policyStories(view)]),
};

function pathStories(view: View): Story[] {
  const udp = { protocol: IP_PROTOCOL.udp };
  return waysOf(view).flatMap(way => [
    {
      name: `${way.name}: a connection goes to the backend, and its answers come from the Service`,
      given: service(view, [way.backend]),
      steps: [
        { ...asks(way, segment('SYN')), tracked: flows(way) },
        { ...answers(way, segment('SYN ACK', 'backend')), tracked: flows(way, 'SEEN_REPLY') },
        { ...asks(way, segment('ACK')), tracked: flows(way, ...OPEN) },
        answers(way, segment('ACK', 'backend')),
        { ...asks(way, segment('FIN ACK')), tracked: flows(way, ...OPEN, 'FIN_ORIGINATOR') },
        {
          ...answers(way, segment('FIN ACK', 'backend')),
          tracked: flows(way, ...OPEN, 'FIN_ORIGINATOR', 'FIN_RESPONDER'),
        },
      ],
    },
    {
      name: `${way.name}: a backend's RST ends both flows`,
      given: service(view, [way.backend]),
      steps: [
        ...opened(way),
        {
          ...answers(way, segment('RST ACK', 'backend')),
          tracked: flows(way, ...OPEN, 'RESET_RESPONDER'),
        },
      ],
    },
    {
      name: `${way.name}: a connection on the ports of one that is closed begins anew`,
      given: service(view, [way.backend]),
      steps: [
        ...opened(way),
        asks(way, segment('FIN ACK')),
        answers(way, segment('FIN ACK', 'backend')),
        { ...asks(way, segment('SYN')), tracked: flows(way) },
        { ...answers(way, segment('SYN ACK', 'backend')), tracked: flows(way, 'SEEN_REPLY') },
      ],
    },
    {
      name: `${way.name}: datagrams likewise`,
      given: service(view, [way.backend], udp),
      steps: [
        { ...asks(way, datagram), tracked: flows(way) },
        { ...answers(way, datagram), tracked: flows(way, 'SEEN_REPLY') },
        asks(way, datagram),
      ],
    },
  ]);
}

function policyStories(view: View): Story[] {
  const [, way] = waysOf(view);
  if (way === undefined) throw new Error('there is a direct way');
  const admitted = policies(POD_ID.pod, admitting(IDENTITY.directPod), NOBODY);
  return [
    {
      name: `${view.family}: policy admits the backend by its own address and port`,
      given: together(admitted, service(view, [way.backend])),
      steps: opened(way),
    },
    {
      name: `${view.family}: policy refuses it likewise, and nothing is tracked`,
      given: together(
        policies(POD_ID.pod, admitting(IDENTITY.remotePod), NOBODY),
        service(view, [way.backend]),
      ),
      steps: [{ ...sends(view, 'DROP_POLICY_EGRESS', asked(view), segment('SYN')), tracked: [] }],
    },
    {
      name: `${view.family}: a change of policy cuts an open connection`,
      given: together(admitted, service(view, [way.backend])),
      steps: [
        ...opened(way),
        {
          ...sends(view, 'DROP_POLICY_EGRESS', asked(view), segment('ACK')),
          change: together(policies(POD_ID.pod, NOBODY, NOBODY), service(view, [way.backend]), {
            control: { generation: 3 },
          }),
        },
      ],
    },
  ];
}
