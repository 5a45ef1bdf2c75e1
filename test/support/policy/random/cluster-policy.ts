// Random ClusterNetworkPolicies, with every field of theirs and with unknown peers and protocols.
import type { RawPolicy } from '../world.ts';
import { CIDRS_V4, CIDRS_V6, namespaceSelector, PORT_NAMES, PORTS, selector } from './pools.ts';
import type { Random } from './random.ts';

/** Few, so that names decide too. */
const PRIORITIES = [0, 1, 10, 10, 10, 999, 1000];
/** Chance of each thing that this version does not know. */
const UNKNOWN = 0.03;

export function clusterNetworkPolicy(random: Random, name: string): RawPolicy {
  return {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name },
    spec: {
      tier: random.pick(['Admin', 'Baseline']),
      priority: random.pick(PRIORITIES),
      subject: random.chance(0.3) ? { namespaces: {} } : pods(random),
      ...(random.chance(0.8) ? { ingress: rules(random, 'from') } : {}),
      ...(random.chance(0.8) ? { egress: rules(random, 'to') } : {}),
    },
  };
}

function rules(random: Random, peersField: 'from' | 'to'): object[] {
  return random.list(random.chance(0.1) ? 0 : 1, 5, () => rule(random, peersField));
}

function rule(random: Random, peersField: 'from' | 'to'): object {
  // Named ports and what has none are refused together.
  const isNamed = random.chance(0.2);
  return {
    ...(random.chance(0.2) ? { name: `rule-${random.int(100)}` } : {}),
    action: random.pick(['Accept', 'Deny', 'Pass']),
    [peersField]: random.list(1, 3, () => (isNamed || peersField === 'from' ? pods(random) : peer(random))),
    ...(isNamed || random.chance(0.6)
      ? { protocols: random.list(1, 3, () => protocol(random, isNamed)) }
      : {}),
  };
}

function pods(random: Random): object {
  if (random.chance(0.5)) return { namespaces: namespaceSelector(random) };
  return { pods: { namespaceSelector: namespaceSelector(random), podSelector: selector(random) } };
}

function peer(random: Random): object {
  if (random.chance(UNKNOWN))
    return random.pick([{ futurePeer: {} }, { domainNames: ['*.example.org'] }, {}]);
  const kind = random.int(5);
  if (kind < 2) return pods(random);
  if (kind === 2) return { nodes: selector(random) };
  return { networks: random.sample([...CIDRS_V4, ...CIDRS_V6], 1 + random.int(3)) };
}

function protocol(random: Random, isNamed: boolean): object {
  if (random.chance(UNKNOWN)) return { icmp: {} };
  if (isNamed && random.chance(0.6)) return { destinationNamedPort: random.pick(PORT_NAMES) };
  return { [random.pick(['tcp', 'udp', 'sctp'])]: { destinationPort: port(random) } };
}

function port(random: Random): object {
  const start = random.pick(PORTS);
  const above = PORTS.filter(end => end > start);
  if (random.chance(0.5) || above.length === 0) return { number: start };
  return { range: { start, end: random.pick(above) } };
}
