// A Service of Heddle's own: a client's packets go to a backend, whose answers come from the Service.
import { DEVICE, FAMILIES, MAC, POD_ID, type View } from '../../support/bpf/cluster.ts';
import type { Given, GivenService } from '../../support/bpf/given.ts';
import { IDENTITY, together } from '../../support/bpf/policy-given.ts';
import type { Step, Stories, Story } from '../../support/bpf/story.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { trackedLine } from '../tables/flow.ts';
import { outOfTunnel } from '../tables/tunnel.ts';
import { admitting, BACKEND, CLIENT, NOBODY, policies, PORT, serviceOf, type End } from './host-stack.ts';

const ID = 77;
const OPEN = ['SEEN_REPLY', 'ASSURED'];
const UPLINK = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink };

/** Of a connection's ends: their first numbers. */
const BEGINNING = { client: 1_000, backend: 2_000 };

export const translatedServiceStories: Stories = {
  title: "a Service of Heddle's own",
  stories: FAMILIES.flatMap(view => [
    ...pathStories(view),
    ...policyStories(view),
    ...backendStories(view),
    ...clashStories(view),
    ...hairpinStories(view),
  ]),
};


/** By TCP unless told otherwise. */
function service(view: View, ready: GivenService['ready'], more: Partial<GivenService> = {}): Partial<Given> {
  const one = { addr: serviceOf(view), port: PORT, protocol: IP_PROTOCOL.tcp, id: ID, ready, ...more };
  return { services: [one] };
}

type Transport = (ip: Packet, ports: readonly [source: number, destination: number]) => Packet;

/** `sender`: whose segment it is. */
function segment(flags: string, sender: 'client' | 'backend' = 'client'): Transport {
  const { client, backend } = BEGINNING;
  const [own, other] = sender === 'client' ? [client, backend] : [backend, client];
  const numbers = { sequence: own + Number(!flags.includes('SYN')), acknowledgement: other + 1 };
  return (ip, [source, destination]) =>
    ip.tcp(source, destination, { flags, ...(flags === 'SYN' ? { sequence: own } : numbers) });
}

function datagram(ip: Packet, [source, destination]: readonly [number, number]): Packet {
  return ip.udp(source, destination, 'data');
}

interface Hop {
  readonly from: End;
  readonly to: End;
  readonly ttl?: number;
}

function packet({ from, to, ttl = 64 }: Hop, transport: Transport): Packet {
  return transport(bare().ip(from[0], to[0], { ttl }), [from[1], to[1]]);
}

/** What becomes of a packet of the client's, and of the answer to it, on one way to a backend. */
interface Way {
  readonly name: string;
  readonly view: View;
  readonly backend: End;
  readonly verdict: string;
  /** Ethernet header of what leaves; undefined: it is encapsulated, or not ours to look at. */
  readonly sent?: Packet;
  readonly answer: (answer: Packet) => Omit<Step, 'verdict'>;
}

function waysOf(view: View): readonly Way[] {
  const { family } = view;
  return [
    {
      ...{ name: `${family} on this node`, view, backend: [view.sibling, BACKEND], verdict: 'REDIRECT_POD' },
      sent: eth(MAC.gateway, MAC.sibling),
      answer: answer => ({
        ...{ hook: 'pod_tx', context: { ifindex: DEVICE.sibling } },
        sent: eth(MAC.sibling, MAC.gateway).with(answer),
      }),
    },
    {
      ...{ name: `${family} on a direct route`, view, backend: [view.directPod, BACKEND] },
      ...{ verdict: 'REDIRECT_DIRECT', sent: eth(MAC.pod, MAC.gateway) },
      answer: answer => ({
        ...{ hook: 'uplink_rx', context: UPLINK, sent: eth(MAC.directUplink, MAC.uplink).with(answer) },
      }),
    },
    {
      ...{ name: `${family} through a tunnel`, view, backend: [view.remotePod, BACKEND] },
      verdict: 'REDIRECT_OVERLAY',
      answer: answer => ({ hook: 'uplink_rx', context: UPLINK, sent: outOfTunnel(answer) }),
    },
  ];
}

function client(view: View): End {
  return [view.pod, CLIENT];
}

function asked(view: View): End {
  return [serviceOf(view), PORT];
}

function asks({ view, verdict, backend, sent }: Way, transport: Transport): Step {
  const from = client(view);
  return {
    ...{ hook: 'pod_tx', context: { ifindex: DEVICE.pod }, verdict },
    sent: eth(MAC.pod, MAC.gateway).with(packet({ from, to: asked(view) }, transport)),
    ...(sent && { becomes: sent.with(packet({ from, to: backend, ttl: 63 }, transport)) }),
  };
}

function answers({ view, backend, answer }: Way, transport: Transport): Step {
  const to = client(view);
  return {
    ...answer(packet({ from: backend, to }, transport)),
    verdict: 'REDIRECT_POD',
    becomes: eth(MAC.gateway, MAC.pod).with(packet({ from: asked(view), to, ttl: 63 }, transport)),
  };
}

/** Of the client's flow to the Service, and of that to the backend. */
function flows({ view, backend }: Way, ...flags: readonly string[]): readonly string[] {
  const from = client(view);
  return [
    trackedLine(from, asked(view), ...flags, 'SERVICE'),
    trackedLine(from, backend, ...flags, 'TRANSLATED'),
  ];
}

function opened(way: Way): readonly Step[] {
  return [asks(way, segment('SYN')), answers(way, segment('SYN ACK', 'backend')), asks(way, segment('ACK'))];
}


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

function sends(view: View, verdict: string, to: End, transport: Transport): Step {
  return {
    ...{ hook: 'pod_tx', context: { ifindex: DEVICE.pod }, verdict },
    sent: eth(MAC.pod, MAC.gateway).with(packet({ from: client(view), to }, transport)),
  };
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
      given: together(policies(POD_ID.pod, admitting(IDENTITY.remotePod), NOBODY), service(view, [way.backend])),
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
