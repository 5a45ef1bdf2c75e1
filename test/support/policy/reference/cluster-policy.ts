// policy.networking.k8s.io/v1alpha2: what one tier of ClusterNetworkPolicies says about one connection of one pod.
import { policyText } from '../world.ts';
import {
  isNamedPort,
  isPeerIn,
  isPeerPod,
  namespaceLabels,
  peerNode,
  type Connection,
  type Verdict,
} from './connection.ts';
import {
  clusterNetworkPolicies,
  type ClusterNetworkPolicy,
  type ClusterPeer,
  type ClusterPort,
  type ClusterPods,
  type ClusterProtocol,
  type ClusterRule,
} from './objects.ts';
import { selects } from './selectors.ts';

/** `undefined`: no rule matched, or the first that did passes on to the next tier. */
export function judgeTier(tier: 'Admin' | 'Baseline', connection: Connection): Verdict | undefined {
  const { world, direction } = connection;
  const policies = clusterNetworkPolicies(world.policies)
    .filter(({ spec }) => spec.tier === tier && isSubject(spec.subject, connection))
    .sort(byPriority);
  for (const { policy, spec } of policies)
    for (const [index, rule] of (spec[direction] ?? []).entries()) {
      const action = actionOf(rule, connection);
      if (action === 'Pass') return undefined;
      if (action !== undefined)
        return { allowed: action === 'Accept', by: [`${policyText(policy)} ${direction}[${index}]`] };
    }
  return undefined;
}

/** The document leaves the order of equal priorities open: by name, then. */
function byPriority(a: ClusterNetworkPolicy, b: ClusterNetworkPolicy): number {
  if (a.spec.priority !== b.spec.priority) return a.spec.priority - b.spec.priority;
  return a.policy.metadata.name < b.policy.metadata.name ? -1 : 1;
}

function isSubject(subject: ClusterPods, { world, subject: pod }: Connection): boolean {
  const namespace = namespaceLabels(world, pod.namespace);
  if (subject.namespaces) return selects(subject.namespaces, namespace);
  const { namespaceSelector, podSelector } = subject.pods ?? {};
  return selects(namespaceSelector ?? {}, namespace) && selects(podSelector ?? {}, pod.labels);
}

/** What the rule does with this connection; `undefined`: nothing, it does not match. */
function actionOf(rule: ClusterRule, connection: Connection): ClusterRule['action'] | undefined {
  const peers = (connection.direction === 'ingress' ? rule.from : rule.to) ?? [];
  const protocols = rule.protocols ?? [];
  if (peers.some(peer => !isKnownPeer(peer)) || protocols.some(each => !isKnownProtocol(each)))
    return failClosed(rule.action);
  const matches =
    peers.some(peer => matchesPeer(peer, connection)) &&
    (protocols.length === 0 || protocols.some(protocol => matchesProtocol(protocol, connection)));
  return matches ? rule.action : undefined;
}

/** 'For "Accept" rules: treat the rule as matching no traffic. For "Deny" and "Pass": as a "Deny all" rule.' */
function failClosed(action: ClusterRule['action']): 'Deny' | undefined {
  return action === 'Accept' ? undefined : 'Deny';
}

function isKnownPeer(peer: ClusterPeer): boolean {
  return [peer.namespaces, peer.pods, peer.nodes, peer.networks].some(isSet);
}

function matchesPeer(peer: ClusterPeer, connection: Connection): boolean {
  if (peer.namespaces) return isPeerPod(connection, { namespaces: peer.namespaces, pods: {} });
  if (peer.pods) {
    const { namespaceSelector, podSelector } = peer.pods;
    return isPeerPod(connection, { namespaces: namespaceSelector ?? {}, pods: podSelector ?? {} });
  }
  const node = peerNode(connection);
  if (peer.nodes) return node !== undefined && selects(peer.nodes, node.labels);
  return (peer.networks ?? []).some(cidr => isPeerIn(connection, { cidr }));
}

function isKnownProtocol({ tcp, udp, sctp, destinationNamedPort }: ClusterProtocol): boolean {
  if (isSet(destinationNamedPort)) return true;
  return [tcp, udp, sctp].some(each => isSet(each?.destinationPort?.number ?? each?.destinationPort?.range));
}

function matchesProtocol(
  { tcp, udp, sctp, destinationNamedPort }: ClusterProtocol,
  connection: Connection,
): boolean {
  if (destinationNamedPort) return isNamedPort(connection, destinationNamedPort, undefined);
  const { destinationPort } = { TCP: tcp, UDP: udp, SCTP: sctp }[connection.protocol] ?? {};
  return destinationPort ? isPort(destinationPort, connection.port) : false;
}

function isPort({ number, range }: ClusterPort, port: number): boolean {
  if (isSet(number)) return port === number;
  return isSet(range) && port >= range.start && port <= range.end;
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
