// NetworkPolicies with so many rules in all, as Kubernetes objects; every one selects every pod of the lab.
import { POD_NAMESPACE } from '../../../lab/plan.ts';

export interface RuleShape {
  /** Half of them egress, half ingress; 0: no policies at all. */
  readonly rules: number;
  readonly rulesPerPolicy: number;
  /** Which policy admits what is measured. */
  readonly admittingPolicy: number;
}

/** Only to this port the lab's pods may send. */
export const ADMITTED_PORT = 7_000;

const FIRST_PORT = 8_000;
const PORTS = 50_000;

export interface Rule {
  /** The pods of the lab, or a prefix. */
  readonly peer: 'pods' | { readonly cidr: string };
  /** UDP, from the first to the last. */
  readonly first: number;
  readonly last: number;
}

/** One policy's; egress and ingress have as many. */
export interface PolicyRules {
  readonly egress: readonly Rule[];
  readonly ingress: readonly Rule[];
}

export function policyRules({ rules, rulesPerPolicy, admittingPolicy }: RuleShape): readonly PolicyRules[] {
  return Array.from({ length: Math.ceil(rules / rulesPerPolicy) }, (_, policy) => {
    const rulesOf = (direction: 0 | 1): readonly Rule[] =>
      Array.from({ length: rulesPerPolicy / 2 }, (_, i) => {
        const isAdmitting = policy === admittingPolicy && i === 0;
        return isAdmitting ? ADMITTING : ruleNumbered((policy * rulesPerPolicy) / 2 + i, direction);
      });
    return { egress: rulesOf(0), ingress: rulesOf(1) };
  });
}

export function policyManifests(shape: RuleShape): readonly object[] {
  return policyRules(shape).map(({ egress, ingress }, number) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `policy-${number}`, namespace: POD_NAMESPACE },
    spec: {
      podSelector: {},
      policyTypes: ['Egress', 'Ingress'],
      egress: egress.map(rule => ({ to: [peerObject(rule)], ports: [portObject(rule)] })),
      ingress: ingress.map(rule => ({ from: [peerObject(rule)], ports: [portObject(rule)] })),
    },
  }));
}

/** How many different prefixes they mention. */
export function prefixesIn(shape: RuleShape): number {
  const rules = policyRules(shape).flatMap(({ egress, ingress }) => [...egress, ...ingress]);
  return new Set(rules.flatMap(({ peer }) => (peer === 'pods' ? [] : [peer.cidr]))).size;
}

const ADMITTING: Rule = { peer: 'pods', first: ADMITTED_PORT, last: ADMITTED_PORT };

/** Every second one speaks of pods, the others of a prefix of their own; each of ports of its own. */
function ruleNumbered(number: number, direction: 0 | 1): Rule {
  const first = FIRST_PORT + (number % PORTS);
  const ports = { first, last: first + (number % 3) };
  return number % 2 === 0
    ? { peer: 'pods', ...ports }
    : { peer: { cidr: prefixNumbered(number - 1 + direction) }, ...ports };
}

/** Of 16 addresses, from 172.16.0.0 on. */
function prefixNumbered(number: number): string {
  return `172.${16 + (number >> 12)}.${(number >> 4) & 255}.${(number & 15) * 16}/28`;
}

function peerObject({ peer }: Rule): object {
  return peer === 'pods' ? { podSelector: {} } : { ipBlock: { cidr: peer.cidr } };
}

function portObject({ first, last }: Rule): object {
  return { protocol: 'UDP', port: first, endPort: last };
}
