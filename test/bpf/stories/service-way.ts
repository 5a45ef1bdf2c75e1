// A client and a Service of Heddle's own: what is sent, and what becomes of it on each way to a backend.
import { DEVICE, MAC, type View } from '../../support/bpf/cluster.ts';
import type { Given, GivenService } from '../../support/bpf/given.ts';
import type { Step } from '../../support/bpf/story.ts';
import { IP_PROTOCOL } from '../../support/packet/numbers.ts';
import { bare, eth, type Packet } from '../../support/packet/packet.ts';
import { trackedLine } from '../tables/flow.ts';
import { outOfTunnel } from '../tables/tunnel.ts';
import { BACKEND, CLIENT, PORT, serviceOf, type End } from './host-stack.ts';

export const ID = 77;
export const OPEN = ['SEEN_REPLY', 'ASSURED'];
const UPLINK = { ifindex: DEVICE.uplink, ingressIfindex: DEVICE.uplink };

/** Of a connection's ends: their first numbers. */
const BEGINNING = { client: 1_000, backend: 2_000 };

/** By TCP unless told otherwise. */
export function service(
  view: View,
  ready: GivenService['ready'],
  more: Partial<GivenService> = {},
): Partial<Given> {
  const one = { addr: serviceOf(view), port: PORT, protocol: IP_PROTOCOL.tcp, id: ID, ready, ...more };
  return { services: [one] };
}

export type Transport = (ip: Packet, ports: readonly [source: number, destination: number]) => Packet;

/** `sender`: whose segment it is. */
export function segment(flags: string, sender: 'client' | 'backend' = 'client'): Transport {
  const { client, backend } = BEGINNING;
  const [own, other] = sender === 'client' ? [client, backend] : [backend, client];
  const numbers = { sequence: own + Number(!flags.includes('SYN')), acknowledgement: other + 1 };
  return (ip, [source, destination]) =>
    ip.tcp(source, destination, { flags, ...(flags === 'SYN' ? { sequence: own } : numbers) });
}

export function datagram(ip: Packet, [source, destination]: readonly [number, number]): Packet {
  return ip.udp(source, destination, 'data');
}

interface Hop {
  readonly from: End;
  readonly to: End;
  readonly ttl?: number;
}

export function packet({ from, to, ttl = 64 }: Hop, transport: Transport): Packet {
  return transport(bare().ip(from[0], to[0], { ttl }), [from[1], to[1]]);
}

/** What becomes of a packet of the client's, and of the answer to it, on one way to a backend. */
export interface Way {
  readonly name: string;
  readonly view: View;
  readonly backend: End;
  readonly verdict: string;
  /** Ethernet header of what leaves; undefined: it is encapsulated, or not ours to look at. */
  readonly sent?: Packet;
  readonly answer: (answer: Packet) => Omit<Step, 'verdict'>;
}

export function waysOf(view: View): readonly Way[] {
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

export function client(view: View): End {
  return [view.pod, CLIENT];
}

export function asked(view: View): End {
  return [serviceOf(view), PORT];
}

export function asks({ view, verdict, backend, sent }: Way, transport: Transport): Step {
  const from = client(view);
  return {
    ...{ hook: 'pod_tx', context: { ifindex: DEVICE.pod }, verdict },
    sent: eth(MAC.pod, MAC.gateway).with(packet({ from, to: asked(view) }, transport)),
    ...(sent && { becomes: sent.with(packet({ from, to: backend, ttl: 63 }, transport)) }),
  };
}

export function answers({ view, backend, answer }: Way, transport: Transport): Step {
  const to = client(view);
  return {
    ...answer(packet({ from: backend, to }, transport)),
    verdict: 'REDIRECT_POD',
    becomes: eth(MAC.gateway, MAC.pod).with(packet({ from: asked(view), to, ttl: 63 }, transport)),
  };
}

/** Of the client's flow to the Service, and of that to the backend. */
export function flows({ view, backend }: Way, ...flags: readonly string[]): readonly string[] {
  const from = client(view);
  return [
    trackedLine(from, asked(view), ...flags, 'SERVICE'),
    trackedLine(from, backend, ...flags, 'TRANSLATED'),
  ];
}

export function opened(way: Way): readonly Step[] {
  return [asks(way, segment('SYN')), answers(way, segment('SYN ACK', 'backend')), asks(way, segment('ACK'))];
}

export function sends(view: View, verdict: string, to: End, transport: Transport): Step {
  return {
    ...{ hook: 'pod_tx', context: { ifindex: DEVICE.pod }, verdict },
    sent: eth(MAC.pod, MAC.gateway).with(packet({ from: client(view), to }, transport)),
  };
}
