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
export function evaluateTier(tier: 'Admin' | 'Baseline', connection: Connection): Verdict | undefined {
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
  if (!peers.every(isKnownPeer)) return failClosed(rule.action);
  if (!peers.some(peer => matchesPeer(peer, connection))) return undefined;
  if (!rule.protocols) return rule.action;
  // The document says nothing of a protocol that is not known: it fails closed by itself, as a peer does.
  if (!rule.protocols.every(isKnownProtocol) && rule.action !== 'Accept') return 'Deny';
  const known = rule.protocols.filter(isKnownProtocol);
  return known.some(protocol => matchesProtocol(protocol, connection)) ? rule.action : undefined;
}

/** 'For "Accept" rules: treat the rule as matching no traffic. For "Deny" and "Pass": as a "Deny all" rule.' */
function failClosed(action: ClusterRule['action']): 'Deny' | undefined {
  return action === 'Accept' ? undefined : 'Deny';
}

const PEER_FIELDS = ['namespaces', 'pods', 'nodes', 'networks'];

/** domainNames are none that Heddle honours. */
function isKnownPeer(peer: ClusterPeer): boolean {
  const fields = fieldsOf(peer);
  return fields.length === 1 && PEER_FIELDS.includes(fields[0] ?? '');
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

function isKnownProtocol(protocol: ClusterProtocol): boolean {
  const [field, ...others] = fieldsOf(protocol);
  if (field === undefined || others.length > 0) return false;
  if (field === 'destinationNamedPort') return true;
  const transport = { tcp: protocol.tcp, udp: protocol.udp, sctp: protocol.sctp }[field];
  if (!transport || fieldsOf(transport).some(each => each !== 'destinationPort')) return false;
  const ports = transport.destinationPort;
  return !ports || ['number', 'range'].includes(fieldsOf(ports).join());
}

function matchesProtocol(
  { tcp, udp, sctp, destinationNamedPort }: ClusterProtocol,
  connection: Connection,
): boolean {
  if (destinationNamedPort) return isNamedPort(connection, destinationNamedPort, undefined);
  const transport = { TCP: tcp, UDP: udp, SCTP: sctp }[connection.protocol];
  if (!transport) return false;
  return !transport.destinationPort || isPort(transport.destinationPort, connection.port);
}

function isPort({ number, range }: ClusterPort, port: number): boolean {
  if (range) return port >= range.start && port <= range.end;
  return port === number;
}

function fieldsOf(value: object): string[] {
  return Object.entries(value).flatMap(([name, each]) => (each === null || each === undefined ? [] : [name]));
}
