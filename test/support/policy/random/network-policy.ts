// Random NetworkPolicies, with every field of theirs, and with what is left out, null and empty.
import { isInCidr } from '../reference/addresses.ts';
import type { RawPolicy } from '../world.ts';
import {
  CIDRS_V4,
  CIDRS_V6,
  CROWDED_NAMESPACES,
  namespaceSelector,
  PORT_NAMES,
  PORTS,
  PROTOCOLS,
  selector,
  subjectSelector,
} from './pools.ts';
import type { Random } from './random.ts';

export function networkPolicy(random: Random, name: string): RawPolicy {
  const types = random.pick([['Ingress'], ['Egress'], ['Ingress', 'Egress'], ['Egress', 'Ingress'], []]);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: random.pick(CROWDED_NAMESPACES) },
    spec: {
      podSelector: subjectSelector(random),
      ...(types.length > 0 || random.chance(0.3) ? { policyTypes: types } : {}),
      ...(random.chance(0.75) ? { ingress: rules(random, 'from') } : {}),
      ...(random.chance(0.6) ? { egress: rules(random, 'to') } : {}),
    },
  };
}

function rules(random: Random, peers: 'from' | 'to'): object[] | null {
  if (random.chance(0.03)) return null;
  return random.list(0, 3, () => ({
    ...(random.chance(0.8) ? { [peers]: listOrNothing(random, 3, () => peer(random)) } : {}),
    ...(random.chance(0.7) ? { ports: listOrNothing(random, 3, () => port(random)) } : {}),
  }));
}

function listOrNothing<T>(random: Random, most: number, make: () => T): T[] | null {
  if (random.chance(0.08)) return random.pick([null, []]);
  return random.list(1, most, make);
}

function peer(random: Random): object {
  const kind = random.int(5);
  if (kind === 0) return { podSelector: selector(random) };
  if (kind === 1) return { namespaceSelector: namespaceSelector(random) };
  if (kind === 2) return { podSelector: selector(random), namespaceSelector: namespaceSelector(random) };
  return { ipBlock: ipBlock(random) };
}

function ipBlock(random: Random): object {
  const pool = random.chance(0.65) ? CIDRS_V4 : CIDRS_V6;
  const cidr = random.pick(pool);
  const inner = pool.filter(each => lengthOf(each) > lengthOf(cidr) && isInCidr(cidr, baseOf(each)));
  if (random.chance(0.5)) return { cidr };
  return { cidr, except: random.sample(inner, 1 + random.int(3)) };
}

function port(random: Random): object {
  const protocol = random.chance(0.7) ? { protocol: random.pick(PROTOCOLS) } : {};
  const kind = random.int(6);
  if (kind === 0) return protocol;
  if (kind === 1) return { ...protocol, port: random.pick(PORT_NAMES) };
  const first = random.pick(PORTS);
  if (kind > 3) return { ...protocol, port: first };
  return { ...protocol, port: first, endPort: random.pick(PORTS.filter(last => last >= first)) };
}

function baseOf(cidr: string): string {
  return cidr.slice(0, cidr.indexOf('/'));
}

function lengthOf(cidr: string): number {
  return Number(cidr.slice(cidr.indexOf('/') + 1));
}
