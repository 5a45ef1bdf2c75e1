// The conversations that are tried over and over, and what each world says to each: by the compiler's own numbers.
import type { Addr } from 'ip';
import type { HookName } from '../../../loader/abi/hook-name.ts';
import type { PolicyDirection } from '../../../loader/model/policies.ts';
import { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import { lookupPolicy } from '../policy/lookup.ts';
import { MAC, VNI } from '../bpf/policy-node.ts';
import { eth, type Packet } from '../packet/packet.ts';
import {
  addressOf,
  nodeAddress,
  OUTSIDE,
  OWN_NODE,
  REMOTE_NODE,
  podIdOf,
  worldInput,
  WORLDS,
  type PodName,
} from './worlds.ts';

/** Where it passes: within the node, in from another node or out to one, in from outside through the host's stack. */
type Way = 'beside' | 'in' | 'out' | 'outside';

export interface Talk {
  readonly name: string;
  readonly way: Way;
  readonly source: Addr;
  readonly destination: Addr;
  /** The pod here that sends, or receives. */
  readonly from?: PodName;
  readonly to?: PodName;
  /** By world. */
  readonly expected: readonly Expectation[];
}

/** Rules as in hd_rule, at the ends that are checked here. */
export type Expectation =
  | { readonly isAllowed: true; readonly egress?: number; readonly ingress?: number }
  | { readonly isAllowed: false; readonly direction: PolicyDirection; readonly rule: number };

export const PORT = 7_000;
export const PAYLOAD = 'probe';
export const HOOK: Readonly<Record<Way, HookName>> = {
  beside: 'pod_tx',
  out: 'pod_tx',
  in: 'uplink_rx',
  outside: 'forward',
};

const TUNNEL = { sourcePort: 50_000, port: 4_789 } as const;

/** Equal in every process: the compiler's numbers are made of what they stand for. */
export function openTalks(): readonly Talk[] {
  const compiled = WORLDS.map(world => {
    const compiler = new PolicyCompiler();
    compiler.update(worldInput(world));
    return compiler.compiled;
  });
  const answerOf = (world: number, pod: PodName, direction: PolicyDirection, peer: Addr) => {
    const tables = compiled[world];
    if (tables === undefined) throw new RangeError(`there is no world ${world}`);
    return lookupPolicy(tables, { podId: podIdOf(pod), direction, peer, protocol: 'UDP', port: PORT });
  };
  return TALKS.map(talk => ({
    ...talk,
    expected: WORLDS.map((world): Expectation => {
      const egress = talk.from && answerOf(world, talk.from, 'egress', talk.destination);
      if (egress?.action === 'deny') return { isAllowed: false, direction: 'egress', rule: egress.rule };
      const ingress = talk.to && answerOf(world, talk.to, 'ingress', talk.source);
      if (ingress?.action === 'deny') return { isAllowed: false, direction: 'ingress', rule: ingress.rule };
      return {
        isAllowed: true,
        ...(egress && { egress: egress.rule }),
        ...(ingress && { ingress: ingress.rule }),
      };
    }),
  }));
}

export function frameOf({ way, source, destination, from, to }: Talk, sourcePort: number): Buffer {
  const inner = (start: Packet): Packet => start.ip(source, destination).udp(sourcePort, PORT, PAYLOAD);
  if (way === 'in') return tunnelled(inner(eth(MAC.overlay(REMOTE_NODE), MAC.overlay(OWN_NODE)))).bytes();
  if (from !== undefined) return inner(eth(MAC.pod({ name: from }), MAC.gateway(OWN_NODE))).bytes();
  return inner(eth(MAC.uplink(to ?? ''), MAC.uplink(OWN_NODE))).bytes();
}

function tunnelled(inner: Packet): Packet {
  return eth(MAC.uplink(REMOTE_NODE), MAC.uplink(OWN_NODE))
    .ip(nodeAddress(REMOTE_NODE), nodeAddress(OWN_NODE))
    .udp(TUNNEL.sourcePort, TUNNEL.port)
    .vxlan(VNI, inner);
}

function beside(from: PodName, to: PodName): Omit<Talk, 'name' | 'expected'> {
  return { way: 'beside', source: addressOf(from), destination: addressOf(to), from, to };
}

function incoming(from: PodName, to: PodName): Omit<Talk, 'name' | 'expected'> {
  return { way: 'in', source: addressOf(from), destination: addressOf(to), to };
}

function outgoing(from: PodName, to: PodName): Omit<Talk, 'name' | 'expected'> {
  return { way: 'out', source: addressOf(from), destination: addressOf(to), from };
}

function fromOutside(to: PodName): Omit<Talk, 'name' | 'expected'> {
  return { way: 'outside', source: OUTSIDE, destination: addressOf(to), to };
}

const TALKS: readonly Omit<Talk, 'expected'>[] = [
  { name: 'beside, never', ...beside('xa', 'xb') },
  { name: 'beside, always', ...beside('ya', 'yb') },
  { name: 'beside, in world 1', ...beside('za', 'zb') },
  { name: 'in, never', ...incoming('rx', 'in-x') },
  { name: 'in, always', ...incoming('ry', 'in-y') },
  { name: 'in, in world 1', ...incoming('rz', 'in-z') },
  { name: 'out, never', ...outgoing('out-x', 'rx') },
  { name: 'out, always', ...outgoing('out-y', 'ry') },
  { name: 'out, in world 1', ...outgoing('out-z', 'rz') },
  { name: 'from outside, always', ...fromOutside('ext-y') },
  { name: 'from outside, in world 1', ...fromOutside('ext-z') },
];
