// Two worlds of policy that a node swaps between, and conversations chosen so that a mixture of both would show.
import { type Addr, parseAddr, parseCidr } from 'ip';
import { podKey, type NodeObject, type PodObject } from '../../../loader/model/objects.ts';
import {
  policyKey,
  type Policy,
  type PolicyDirection,
  type PolicyPeer,
} from '../../../loader/model/policies.ts';
import type { PolicyInput } from '../../../loader/policy/compiled.ts';

export type WorldNumber = 0 | 1;
export const WORLDS = [0, 1] as const;
export const OWN_NODE = 'n0';
export const REMOTE_NODE = 'n1';
export const OUTSIDE = parseAddr('198.51.100.5');

const NAMESPACE = 'swaps';
/** The prefixes that admit OUTSIDE, by world. */
const OUTSIDE_PREFIXES = ['198.51.100.0/24', '198.51.100.0/26'] as const;
const LOCAL = [
  ...['xa', 'xb', 'ya', 'yb', 'za', 'zb'],
  ...['in-x', 'in-y', 'in-z', 'out-x', 'out-y', 'out-z', 'ext-y', 'ext-z', 'mentioning'],
] as const;
const REMOTE = ['rx', 'ry', 'rz'] as const;
/**
 * In each world they have the role that the others have in the other one, and one policy names both roles: every
 * identity of either world is there in both, so that a mixture would find rows.
 */
const TWINS = ['rx-twin', 'ry-twin', 'rz-twin'] as const;

export type PodName = (typeof LOCAL)[number] | (typeof REMOTE)[number] | (typeof TWINS)[number];

/** By pod id, from 1. */
export const LOCAL_PODS: readonly string[] = LOCAL;

export function addressOf(pod: PodName): Addr {
  const local = LOCAL.findIndex(name => name === pod);
  const remote = [...REMOTE, ...TWINS].findIndex(name => name === pod);
  return parseAddr(local < 0 ? `10.1.1.${remote + 2}` : `10.1.0.${local + 2}`);
}

export function podIdOf(pod: PodName): number {
  return LOCAL.findIndex(name => name === pod) + 1;
}

/** From one world to the other every pod's role changes, every policy, every prefix. */
export function worldInput(world: WorldNumber): PolicyInput {
  const pods = [...LOCAL, ...REMOTE, ...TWINS].map(name => podObject(name, world));
  const nodes = [OWN_NODE, REMOTE_NODE].map(nodeObject);
  const policies = policiesOf(world);
  return {
    nodeName: OWN_NODE,
    nodes: new Map(nodes.map(node => [node.name, node])),
    nodeAddresses: new Map(nodes.flatMap(node => node.internalAddresses.map(addr => [addr, node.name]))),
    namespaces: new Map([[NAMESPACE, { name: NAMESPACE, labels: {} }]]),
    pods: new Map(pods.map(pod => [podKey(pod), pod])),
    policies: new Map(policies.map(policy => [policyKey(policy), policy])),
    subjects: new Map(pods.slice(0, LOCAL.length).map((pod, i) => [i + 1, pod])),
  };
}

function nodeObject(name: string, number: number): NodeObject {
  return {
    ...{ name, labels: {}, podCidrs: [parseCidr(`10.1.${number}.0/24`)] },
    ...{ internalAddresses: [nodeAddress(name)], externalAddresses: [], tunnelAddresses: [] },
  };
}

export function nodeAddress(name: string): Addr {
  return parseAddr(name === OWN_NODE ? '192.168.0.1' : '192.168.0.2');
}

function podObject(name: PodName, world: WorldNumber): PodObject {
  const isTwin = name.endsWith('-twin');
  const labels = { name, group: name.replace('-twin', ''), role: roleIn(isTwin ? 1 - world : world) };
  return {
    ...{ namespace: NAMESPACE, name, labels },
    nodeName: podIdOf(name) > 0 ? OWN_NODE : REMOTE_NODE,
    ...{ hostNetwork: false, phase: 'Running', addresses: [addressOf(name)], ports: [] },
  };
}

/** All pods' in that world, but the twins'. */
function roleIn(world: number): string {
  return `role-${world}`;
}

/**
 * x: each world denies it, in its own way: the policies of one with the identities or the other direction of the other
 * would admit it. y: each world admits it, in its own way. z: world 1 alone admits it.
 */
function policiesOf(world: WorldNumber): readonly Policy[] {
  const other = 1 - world;
  const onlyIn = (wanted: WorldNumber, peers: readonly PolicyPeer[]) => (world === wanted ? peers : []);
  const named = (subject: PodName, direction: PolicyDirection, peers: readonly PolicyPeer[]): Policy =>
    policy({ name: `${subject}-${direction}-${world}`, subject, direction, peers });
  return [
    named('xa', 'egress', onlyIn(0, [podPeer('xb', world)])),
    named('xb', 'ingress', onlyIn(1, [podPeer('xa', world)])),
    named('ya', 'egress', [podPeer('yb', world)]),
    named('yb', 'ingress', [podPeer('ya', world)]),
    named('zb', 'ingress', onlyIn(1, [podPeer('za', world)])),
    named('in-x', 'ingress', [podPeer('rx', other)]),
    named('in-y', 'ingress', [podPeer('ry', world)]),
    named('in-z', 'ingress', onlyIn(1, [podPeer('rz', world)])),
    named('out-x', 'egress', [podPeer('rx', other)]),
    named('out-y', 'egress', [podPeer('ry', world)]),
    named('out-z', 'egress', onlyIn(1, [podPeer('rz', world)])),
    named('ext-y', 'ingress', [prefixPeer(world)]),
    named('ext-z', 'ingress', onlyIn(1, [prefixPeer(world)])),
    named(
      'mentioning',
      'ingress',
      REMOTE.flatMap(name => WORLDS.map(role => podPeer(name, role))),
    ),
  ];
}

function podPeer(group: PodName, role: number): PolicyPeer {
  const pods = { matchLabels: { group, role: roleIn(role) }, matchExpressions: [] };
  return { kind: 'pods', namespaces: { name: NAMESPACE }, pods };
}

function prefixPeer(world: WorldNumber): PolicyPeer {
  return { kind: 'network', cidr: parseCidr(OUTSIDE_PREFIXES[world]), except: [] };
}

interface PolicyWords {
  readonly name: string;
  readonly subject: PodName;
  readonly direction: PolicyDirection;
  /** None: it isolates, and admits no peer. */
  readonly peers: readonly PolicyPeer[];
}

function policy({ name, subject, direction, peers }: PolicyWords): Policy {
  const rules = peers.length === 0 ? [] : [{ action: 'Accept', peers, ports: 'all' } as const];
  return {
    ...{ kind: 'NetworkPolicy', namespace: NAMESPACE, name, tier: 'NetworkPolicy', priority: 0 },
    subject: {
      namespaces: { name: NAMESPACE },
      pods: { matchLabels: { name: subject }, matchExpressions: [] },
    },
    isolates: [direction],
    egress: direction === 'egress' ? rules : [],
    ingress: direction === 'ingress' ? rules : [],
  };
}
