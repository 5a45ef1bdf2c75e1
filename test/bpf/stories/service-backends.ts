// Which backend a client of a Service of Heddle's own gets and keeps, and what a clash of tuples comes to.
import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { GivenService } from '../../support/bpf/given.ts';
import { together } from '../../support/bpf/policy-given.ts';
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { eth } from '../../support/packet/packet.ts';
import { trackedLine } from '../tables/flow.ts';
import { BACKEND, CLIENT, NOBODY, policies, PORT, serviceOf, type End } from './host-stack.ts';
import {
  answers,
  asked,
  asks,
  client,
  datagram,
  ID,
  opened,
  packet,
  segment,
  sends,
  service,
  waysOf,
  type Transport,
} from './service-way.ts';

export const serviceBackendStories: Stories = {
  title: "a backend of a Service of Heddle's own",
  stories: FAMILIES.flatMap(view => [
    ...backendStories(view),
    ...clashStories(view),
    ...hairpinStories(view),
  ]),
};

function backendStories(view: View): Story[] {
  const [local, direct] = waysOf(view);
  if (local === undefined || direct === undefined) throw new Error('there are two ways');
  const udp = { protocol: IP_PROTOCOL.udp };
  const moved = service(view, [local.backend]);
  return [
    {
      name: `${view.family}: an answered connection stays with a backend that is gone, another one goes elsewhere`,
      given: service(view, [direct.backend]),
      steps: [
        ...opened(direct),
        { ...asks(direct, segment('ACK')), change: moved },
        answers(direct, segment('ACK', 'backend')),
      ],
    },
    {
      name: `${view.family}: an unanswered connection goes to a backend that is there`,
      given: service(view, [direct.backend]),
      steps: [asks(direct, segment('SYN')), { ...asks(local, segment('SYN')), change: moved }],
    },
    {
      name: `${view.family}: datagrams go to a backend that is there, at once`,
      given: service(view, [direct.backend], udp),
      steps: [
        asks(direct, datagram),
        answers(direct, datagram),
        { ...asks(local, datagram), change: service(view, [local.backend], udp) },
      ],
    },
    {
      name: `${view.family}: and leave one that drains, if another one is ready`,
      given: service(view, [direct.backend], udp),
      steps: [
        asks(direct, datagram),
        {
          ...asks(local, datagram),
          change: service(view, [local.backend], { ...udp, draining: [direct.backend] }),
        },
      ],
    },
    {
      name: `${view.family}: a client of a Service with affinity keeps its backend`,
      given: service(view, [direct.backend], { affinityS: 60 }),
      steps: [
        ...opened(direct),
        {
          ...sends(view, 'REDIRECT_DIRECT', asked(view), (ip, [, port]) =>
            ip.tcp(CLIENT + 1, port, { flags: 'SYN' }),
          ),
          change: service(view, [local.backend, direct.backend, local.backend], { affinityS: 60 }),
        },
      ],
    },
    {
      name: `${view.family}: a backend on the node itself is left to the host's stack`,
      given: service(view, [[view.own, BACKEND]]),
      steps: [
        {
          ...sends(view, 'PASS_HOST', asked(view), segment('SYN')),
          becomes: eth(MAC.pod, MAC.gateway).with(
            packet({ from: client(view), to: [view.own, BACKEND] }, segment('SYN')),
          ),
        },
        {
          ...{ hook: 'pod_rx', context: { ifindex: DEVICE.pod, ingressIfindex: 0 }, verdict: 'PASS_POD' },
          sent: eth(MAC.gateway, MAC.pod).with(
            packet({ from: [view.own, BACKEND], to: client(view) }, segment('SYN ACK')),
          ),
          becomes: eth(MAC.gateway, MAC.pod).with(
            packet({ from: asked(view), to: client(view) }, segment('SYN ACK')),
          ),
        },
      ],
    },
  ];
}

/** The client has a flow of the same tuple already. */
function clashStories(view: View): Story[] {
  const [local, direct] = waysOf(view);
  if (local === undefined || direct === undefined) throw new Error('there are two ways');
  const other: GivenService = {
    ...{ addr: serviceOf(view), port: PORT + 1, protocol: IP_PROTOCOL.tcp, id: ID + 1 },
    ready: [direct.backend],
  };
  const both = { services: [...(service(view, [direct.backend]).services ?? []), other] };
  return [
    {
      name: `${view.family}: a connection to the backend itself is not the Service's: another port, another backend`,
      given: service(view, [direct.backend, local.backend]),
      steps: [
        sends(view, 'REDIRECT_DIRECT', direct.backend, segment('SYN')),
        asks({ ...local }, segment('SYN')),
      ],
    },
    {
      name: `${view.family}: two frontends of one backend`,
      given: both,
      steps: [
        ...opened(direct),
        sends(view, 'REDIRECT_DIRECT', [serviceOf(view), PORT + 1], segment('SYN')),
        answers(direct, segment('ACK', 'backend')),
      ],
    },
  ];
}

/** A pod that is its own backend sees the Service as its client. */
function hairpinStories(view: View): Story[] {
  const own: End = [view.pod, BACKEND];
  const shown: End = [serviceOf(view), CLIENT];
  const step = (transport: Transport, from: End, to: End, becomes: { from: End; to: End }): Step => ({
    ...{ hook: 'pod_tx', context: { ifindex: DEVICE.pod }, verdict: 'REDIRECT_POD' },
    sent: eth(MAC.pod, MAC.gateway).with(packet({ from, to }, transport)),
    becomes: eth(MAC.gateway, MAC.pod).with(packet({ ...becomes, ttl: 63 }, transport)),
  });
  const asks = (flags: string): Step =>
    step(segment(flags), client(view), asked(view), { from: shown, to: own });
  const answers = (flags: string): Step =>
    step(segment(flags, 'backend'), own, shown, { from: asked(view), to: client(view) });
  const flags = ['SEEN_REPLY', 'ASSURED'];
  return [
    {
      name: `${view.family}: a pod reaches itself through its Service, whatever policy says`,
      given: together(policies(POD_ID.pod, NOBODY, NOBODY), service(view, [own])),
      steps: [
        asks('SYN'),
        answers('SYN ACK'),
        {
          ...asks('ACK'),
          tracked: [
            trackedLine(client(view), asked(view), ...flags, 'SERVICE'),
            trackedLine(shown, own, ...flags, 'TRANSLATED'),
          ],
        },
        answers('ACK'),
        answers('FIN ACK'),
        asks('FIN ACK'),
      ],
    },
  ];
}
