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

export function policyManifests({ rules, rulesPerPolicy, admittingPolicy }: RuleShape): readonly object[] {
  return Array.from({ length: Math.ceil(rules / rulesPerPolicy) }, (_, policy) => {
    const first = (policy * rulesPerPolicy) / 2;
    const pairs = Array.from({ length: rulesPerPolicy / 2 }, (_, i) => first + i);
    const admits = policy === admittingPolicy;
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `policy-${policy}`, namespace: POD_NAMESPACE },
      spec: {
        podSelector: {},
        policyTypes: ['Egress', 'Ingress'],
        egress: pairs.map((pair, i) => ({ to: [peer(pair, 0)], ports: ports(pair, admits && i === 0) })),
        ingress: pairs.map((pair, i) => ({ from: [peer(pair, 1)], ports: ports(pair, admits && i === 0) })),
      },
    };
  });
}

/** How many different prefixes they mention. */
export function prefixesIn({ rules }: RuleShape): number {
  return 2 * pairsWithPrefix(rules / 2);
}

function pairsWithPrefix(pairs: number): number {
  return Math.floor(pairs / 2);
}

/** The pods of the lab, in every second pair; else a prefix of its own. */
function peer(pair: number, direction: number): object {
  return pair % 2 === 0 ? { podSelector: {} } : { ipBlock: { cidr: prefixNumbered(pair - 1 + direction) } };
}

function ports(pair: number, isAdmitting: boolean): object[] {
  const port = isAdmitting ? ADMITTED_PORT : FIRST_PORT + (pair % PORTS);
  return [{ protocol: 'UDP', port, endPort: isAdmitting ? port : port + (pair % 3) }];
}

/** Of 16 addresses, from 172.16.0.0 on. */
function prefixNumbered(number: number): string {
  return `172.${16 + (number >> 12)}.${(number >> 4) & 255}.${(number & 15) * 16}/28`;
}
