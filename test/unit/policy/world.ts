// Small worlds for the compiler's tests, and questions to it in one line.
import { type Addr, parseAddr, parseCidr } from 'ip';
import type { Labels } from '../../../loader/model/labels.ts';
import {
  podKey,
  type ContainerPort,
  type NodeObject,
  type PodObject,
} from '../../../loader/model/objects.ts';
import {
  policyKey,
  type LabelRequirement,
  type LabelSelector,
  type Policy,
  type PolicyPeer,
  type PolicyRule,
  type PortMatch,
  type PortProtocol,
} from '../../../loader/model/policies.ts';
import type { PolicyInput, PolicySubject, RuleMeaning } from '../../../loader/policy/compiled.ts';
import { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import { lookupPolicy } from '../../support/policy/lookup.ts';

export interface WorldParts {
  readonly namespaces?: Readonly<Record<string, Labels>>;
  readonly pods?: readonly PodObject[];
  readonly nodes?: readonly NodeObject[];
  readonly policies?: readonly Policy[];
  readonly subjects?: readonly PolicySubject[];
}

export const OWN = 'here';

/** Pod ids are positions in `subjects`, from 1. */
export function inputOf({
  namespaces = { x: {} },
  pods = [],
  nodes = [],
  ...others
}: WorldParts): PolicyInput {
  const { policies = [], subjects = [subject()] } = others;
  return {
    nodeName: OWN,
    nodes: new Map(nodes.map(node => [node.name, node])),
    nodeAddresses: new Map(
      nodes.flatMap(node => node.internalAddresses.map(addr => [addr, node.name] as const)),
    ),
    namespaces: new Map(Object.entries(namespaces).map(([name, labels]) => [name, { name, labels }])),
    pods: new Map(pods.map(pod => [podKey(pod), pod])),
    policies: new Map(policies.map(policy => [policyKey(policy), policy])),
    subjects: new Map(subjects.map((each, i) => [i + 1, each])),
  };
}

export function compilerOf(parts: WorldParts): PolicyCompiler {
  const compiler = new PolicyCompiler();
  compiler.update(inputOf(parts));
  return compiler;
}

export function subject(labels: Labels = {}, ports: readonly ContainerPort[] = []): PolicySubject {
  return { namespace: 'x', labels, ports, addresses: [parseAddr('10.0.0.1'), parseAddr('fd00::1')] };
}

export function pod(name: string, address: string, given: Partial<PodObject> = {}): PodObject {
  return {
    namespace: 'x',
    name,
    labels: {},
    nodeName: 'there',
    hostNetwork: false,
    phase: 'Running',
    addresses: address.split(' ').map(parseAddr),
    ports: [],
    ...given,
  };
}

export function node(name: string, address: string, labels: Labels = {}): NodeObject {
  const internalAddresses = address.split(' ').map(parseAddr);
  return { name, labels, podCidrs: [], internalAddresses, externalAddresses: [], tunnelAddresses: [] };
}

export function labelled(matchLabels: Labels, ...matchExpressions: LabelRequirement[]): LabelSelector {
  return { matchLabels, matchExpressions };
}

export const every = labelled({});

export function pods(
  labels: Labels,
  namespaces: LabelSelector | { name: string } = { name: 'x' },
): PolicyPeer {
  return { kind: 'pods', namespaces, pods: labelled(labels) };
}

export function nodes(labels: Labels): PolicyPeer {
  return { kind: 'nodes', nodes: labelled(labels) };
}

export function network(cidr: string, ...except: string[]): PolicyPeer {
  return { kind: 'network', cidr: parseCidr(cidr), except: except.map(parseCidr) };
}

export const unknown = { kind: 'unknown' } as const;

export function ports(protocol: PortProtocol, first: number, last = first): PortMatch {
  return { kind: 'range', protocol, first, last };
}

export function named(name: string, protocol?: PortProtocol): PortMatch {
  return { kind: 'named', name, ...(protocol && { protocol }) };
}

export function rule(
  action: PolicyRule['action'],
  peers: PolicyRule['peers'],
  matches: PolicyRule['ports'] = 'all',
): PolicyRule {
  return { action, peers, ports: matches };
}

/** Isolates in the directions that it is given rules for. */
export function networkPolicy(name: string, given: Partial<Policy>): Policy {
  const directions = (['egress', 'ingress'] as const).filter(direction => given[direction]);
  return {
    kind: 'NetworkPolicy',
    namespace: 'x',
    name,
    tier: 'NetworkPolicy',
    priority: 0,
    subject: { namespaces: { name: 'x' }, pods: every },
    isolates: directions,
    egress: [],
    ingress: [],
    ...given,
  };
}

export function clusterPolicy(name: string, given: Partial<Policy>): Policy {
  return {
    kind: 'ClusterNetworkPolicy',
    name,
    tier: 'Admin',
    priority: 0,
    subject: { namespaces: every, pods: every },
    isolates: [],
    egress: [],
    ingress: [],
    ...given,
  };
}

/** 'egress 10.0.0.9 80/TCP', 'ingress 10.0.0.9 ICMP', or 'own-node 10.0.0.9 80/TCP': an address that its object does not name. */
export function ask({ compiled }: PolicyCompiler, question: string, podId = 1): string {
  const [direction, peer = '', target = ''] = question.split(' ');
  const [port, protocol] = target === 'ICMP' ? ['0', 'ICMP'] : target.split('/');
  const { action, rule } = lookupPolicy(compiled, {
    podId,
    direction: direction === 'ingress' ? 'ingress' : 'egress',
    isOwnNode: direction === 'own-node',
    peer: peer as Addr,
    protocol: protocol as PortProtocol | 'ICMP',
    port: Number(port),
  });
  return `${action}: ${meaningText(compiled.rules.get(rule))}`;
}

/** The answers to the keys of `expected`. */
export function answersOf(
  compiler: PolicyCompiler,
  expected: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.keys(expected).map(question => [question, ask(compiler, question)]));
}

/** 'p[0]': without kind and namespace. */
export function meaningText(meaning: RuleMeaning | undefined): string {
  if (meaning === undefined) return 'open';
  if (meaning.kind === 'default-accept') return 'default';
  const name = meaning.policy.replace(/^.*[ /]/, '');
  return meaning.kind === 'isolated' ? `${name} isolates` : `${name}[${meaning.index}]`;
}
