// One policy's rules in one direction, prepared for evaluation: unknown parts fail closed, keys computed.
import {
  policyKey,
  type Policy,
  type PolicyDirection,
  type PolicyPeer,
  type PolicyRule,
  type PortMatch,
} from '../model/policies.ts';
import type { RuleMeaning } from './compiled.ts';
import { digest } from '../collections/stable-ids.ts';
import type { MatchingRule } from './first-match.ts';
import { hasRulesFor } from './ordering.ts';
import { peerKey, type KnownPeer } from './peer-terms.ts';
import { resolvePorts, usedNames, type NamedPort, type PortNameUse } from './port-names.ts';
import { selectsEveryPod } from './selectors.ts';
import { verdict, type Verdict } from './verdict.ts';

export interface ReadyRule {
  readonly tier: Policy['tier'];
  /** `pass`: the next tier decides. */
  readonly outcome: Verdict | 'pass';
  /** Matches every peer. */
  readonly isForAnyPeer: boolean;
  /** Matches every peer because a part of the rule is not understood. */
  readonly isFailClosed: boolean;
  readonly peers: ReadonlyMap<string, KnownPeer>;
  /** Without unknown ones. */
  readonly ports: readonly PortMatch[] | 'all';
  /** With its ports; absent: they have names, which mean something else at each pod. */
  readonly resolved?: MatchingRule;
}

export interface DirectionRules {
  /** Equal for policies of one name with equal rules in this direction. */
  readonly content: string;
  readonly rules: readonly ReadyRule[];
  /** Of all rules. */
  readonly portNames: readonly PortNameUse[];
  /** The verdict on what no policy admits. */
  readonly isolated?: Verdict;
}

/** What one policy number stands for. */
export interface PolicyContent {
  readonly direction: PolicyDirection;
  /** In the order of evaluation. */
  readonly policies: readonly DirectionRules[];
  /** Ingress: what the names that the rules use stand for at the pod itself. */
  readonly ports: readonly NamedPort[];
}

const known = new WeakMap<Policy, Partial<Record<PolicyDirection, DirectionRules>>>();

/** Policies are immutable, so each is read once. Absent: the policy has no rules in this direction and does not isolate. */
export function directionRules(policy: Policy, direction: PolicyDirection): DirectionRules | undefined {
  if (!hasRulesFor(policy, direction)) return undefined;
  const ready = known.get(policy) ?? {};
  known.set(policy, ready);
  return (ready[direction] ??= makeReady(policy, direction));
}

function makeReady(policy: Policy, direction: PolicyDirection): DirectionRules {
  const key = policyKey(policy);
  const rules = policy[direction].map((rule, index) =>
    readyRule(policy, rule, { kind: 'listed', policy: key, direction, index }),
  );
  const isolates = policy.isolates.includes(direction);
  return {
    content: digest(JSON.stringify([key, policy.tier, isolates, ...rules.map(contentOf)])),
    rules,
    portNames: rules.flatMap(rule => usedNames(rule.ports)),
    ...(isolates && { isolated: verdict('deny', { kind: 'isolated', policy: key, direction }) }),
  };
}

function readyRule(policy: Policy, rule: PolicyRule, meaning: RuleMeaning & { kind: 'listed' }): ReadyRule {
  const peers = rule.peers === 'all' ? [] : rule.peers.filter(isKnownPeer);
  const ports = rule.ports === 'all' ? [] : rule.ports.filter(({ kind }) => kind !== 'unknown');
  const isDeny = rule.action === 'Deny';
  const hasUnknownPeer = rule.peers !== 'all' && peers.length < rule.peers.length;
  const hasUnknownPort = rule.ports !== 'all' && ports.length < rule.ports.length;
  const outcome = rule.action === 'Pass' ? 'pass' : verdictOf(policy, rule.action, meaning);
  const allPorts = rule.ports === 'all' || (isDeny && hasUnknownPort) ? 'all' : ports;
  return {
    tier: policy.tier,
    outcome,
    isForAnyPeer: rule.peers === 'all' || (isDeny && hasUnknownPeer),
    isFailClosed: isDeny && hasUnknownPeer,
    peers: new Map(peers.map(peer => [peerKey(peer), peer])),
    ports: allPorts,
    ...(usedNames(allPorts).length === 0 && { resolved: { outcome, ports: resolvePorts(allPorts, []) } }),
  };
}

function verdictOf(
  policy: Policy,
  action: 'Accept' | 'Deny',
  meaning: RuleMeaning & { kind: 'listed' },
): Verdict {
  const { tier, subject } = policy;
  const isClusterRule = tier !== 'NetworkPolicy';
  if (action === 'Accept') return verdict('allow', meaning, { isClusterRule });
  const everyPod = tier === 'Admin' && meaning.direction === 'ingress' && selectsEveryPod(subject);
  return verdict('deny', meaning, { everyPod, isClusterRule });
}

/** Equal for rules that say the same. */
export function contentOf({ outcome, isForAnyPeer, isFailClosed, peers, ports }: ReadyRule): unknown {
  const result = outcome === 'pass' ? outcome : outcome.key;
  const names = [...peers.keys()].sort();
  return [result, isForAnyPeer, isFailClosed, names, ports === 'all' ? ports : ports.map(portContent)];
}

function portContent(port: PortMatch): unknown {
  if (port.kind === 'range') return [port.protocol, port.first, port.last];
  return port.kind === 'named' ? [port.name, port.protocol ?? 'any'] : port.kind;
}

function isKnownPeer(peer: PolicyPeer): peer is KnownPeer {
  return peer.kind !== 'unknown';
}
