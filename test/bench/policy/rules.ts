// NetworkPolicies with so many rules in all, as a large cluster has them: half egress, half ingress; by pods, by
// namespaces, by prefixes; every rule with a port range of its own. All of them hold for pods of the measured node.
import { parseCidr } from 'ip';
import {
  policyKey,
  type LabelSelector,
  type Policy,
  type PolicyKey,
  type PolicyPeer,
  type PolicyRule,
} from '../../../loader/model/policies.ts';
import { APPS, LOCAL_NAMESPACES, TEAMS } from './cluster.ts';

/** Admitted between all pods by the first two rules: what is measured. */
export const ADMITTED_PORT = 7_000;

const RULES_PER_POLICY = 10;
const PAIRS_PER_POLICY = RULES_PER_POLICY / 2;
const FIRST_PORT = 8_000;
const PORTS = 50_000;
const EVERYTHING: LabelSelector = { matchLabels: {}, matchExpressions: [] };

export function policiesWithRules(count: number): ReadonlyMap<PolicyKey, Policy> {
  const policies = Array.from({ length: Math.ceil(count / RULES_PER_POLICY) }, (_, i) =>
    policy(i, Math.min(RULES_PER_POLICY, count - i * RULES_PER_POLICY)),
  );
  return new Map(policies.map(each => [policyKey(each), each]));
}

function policy(number: number, rules: number): Policy {
  const namespace = `ns-${number % LOCAL_NAMESPACES}`;
  const all = Array.from({ length: rules }, (_, i) => number * RULES_PER_POLICY + i);
  const rulesOf = (direction: number): readonly PolicyRule[] =>
    all.filter(rule => rule % 2 === direction).map(rule => ruleNumbered(rule, namespace));
  return {
    kind: 'NetworkPolicy',
    namespace,
    name: `policy-${number}`,
    tier: 'NetworkPolicy',
    priority: 0,
    subject: { namespaces: { name: namespace }, pods: EVERYTHING },
    isolates: ['egress', 'ingress'],
    egress: rulesOf(0),
    ingress: rulesOf(1),
  };
}

function ruleNumbered(number: number, namespace: string): PolicyRule {
  if (number < 2) return accept([podsOf(EVERYTHING)], ADMITTED_PORT, ADMITTED_PORT);
  const port = FIRST_PORT + (number % PORTS);
  return accept([peerNumbered(number >> 1, namespace)], port, port + (number % 3));
}

function accept(peers: readonly PolicyPeer[], first: number, last: number): PolicyRule {
  return { action: 'Accept', peers, ports: [{ kind: 'range', protocol: 'UDP', first, last }] };
}

function podsOf(namespaces: LabelSelector): PolicyPeer {
  return { kind: 'pods', namespaces, pods: EVERYTHING };
}

/** Every policy of a namespace names two apps of it, others than the one before: 20 policies name all. */
function peerNumbered(pair: number, namespace: string): PolicyPeer {
  const policy = Math.floor(pair / PAIRS_PER_POLICY);
  const nth = Math.floor(policy / LOCAL_NAMESPACES);
  switch (pair % PAIRS_PER_POLICY) {
    case 0:
      return appOf(namespace, nth);
    case 1:
      return podsOf({ matchLabels: { team: `team-${policy % TEAMS}` }, matchExpressions: [] });
    case 2:
      return appOf(namespace, nth + 1);
    default:
      return { kind: 'network', cidr: prefixNumbered(pair), except: [] };
  }
}

function appOf(namespace: string, number: number): PolicyPeer {
  const pods = { matchLabels: { app: `app-${number % APPS}` }, matchExpressions: [] };
  return { kind: 'pods', namespaces: { name: namespace }, pods };
}

/** One of 65,536 of 16 addresses each. */
function prefixNumbered(number: number): ReturnType<typeof parseCidr> {
  return parseCidr(`172.${16 + ((number >> 12) & 15)}.${(number >> 4) & 255}.${(number & 15) * 16}/28`);
}
