// networking.k8s.io/v1: what all NetworkPolicies together say about one connection of one pod.
import { policyText } from '../world.ts';
import { isNamedPort, isPeerIn, isPeerPod, type Connection, type Verdict } from './connection.ts';
import {
  networkPolicies,
  type NetworkPolicy,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
  type NetworkPolicyRule,
} from './objects.ts';
import { selects } from './selectors.ts';

/** `undefined`: none of them isolates the pod in this direction. */
export function evaluateNetworkPolicies(connection: Connection): Verdict | undefined {
  const isolating = networkPolicies(connection.world.policies).filter(policy => isolates(policy, connection));
  if (isolating.length === 0) return undefined;
  const { direction } = connection;
  const admitting = isolating.flatMap(({ policy, namespace, spec }) =>
    (spec[direction] ?? []).flatMap((rule, index) =>
      admits(rule, namespace, connection) ? [`${policyText(policy)} ${direction}[${index}]`] : [],
    ),
  );
  if (admitting.length > 0) return { allowed: true, by: admitting };
  return { allowed: false, by: isolating.map(({ policy }) => `${policyText(policy)} isolates ${direction}`) };
}

function isolates({ namespace, spec }: NetworkPolicy, { subject, direction }: Connection): boolean {
  if (subject.namespace !== namespace || !selects(spec.podSelector ?? {}, subject.labels)) return false;
  const types = policyTypes(spec);
  // What cannot be read may be this direction: it isolates.
  if (types.some(type => type !== 'Ingress' && type !== 'Egress')) return true;
  return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
}

/** "If this field is not specified, it will default based on the existence of ingress or egress rules." */
function policyTypes({ policyTypes: written, egress }: NetworkPolicy['spec']): readonly string[] {
  if (written !== undefined && written !== null && written.length > 0) return written;
  return (egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** "Traffic must match both ports and from"; a list that is empty or missing matches everything. */
function admits(rule: NetworkPolicyRule, namespace: string, connection: Connection): boolean {
  const peers = (connection.direction === 'ingress' ? rule.from : rule.to) ?? [];
  const ports = rule.ports ?? [];
  if (peers.length > 0 && !peers.some(peer => matchesPeer(peer, namespace, connection))) return false;
  return ports.length === 0 || ports.some(port => matchesPort(port, connection));
}

/** A podSelector alone stays in the policy's own namespace; a namespaceSelector alone means all pods there. */
function matchesPeer(peer: NetworkPolicyPeer, namespace: string, connection: Connection): boolean {
  if (!isReadable(peer)) return false;
  if (peer.ipBlock) return isPeerIn(connection, peer.ipBlock);
  const pods = peer.podSelector ?? {};
  if (peer.namespaceSelector) return isPeerPod(connection, { namespaces: peer.namespaceSelector, pods });
  if (!peer.podSelector) return false;
  return connection.peer.pod?.namespace === namespace && selects(pods, connection.peer.pod.labels);
}

const PEER_FIELDS = ['podSelector', 'namespaceSelector', 'ipBlock'];

/** "If this field is set then neither of the other fields can be"; a field of a later version may narrow the peer. */
function isReadable(peer: NetworkPolicyPeer): boolean {
  const isKnown = Object.keys(peer).every(name => PEER_FIELDS.includes(name));
  return isKnown && !(peer.ipBlock && (peer.podSelector ?? peer.namespaceSelector));
}

function matchesPort(rule: NetworkPolicyPort, connection: Connection): boolean {
  const protocol = rule.protocol ?? 'TCP';
  if (protocol !== connection.protocol) return false;
  if (rule.port === undefined || rule.port === null) return true;
  if (typeof rule.port === 'string') return isNamedPort(connection, rule.port, connection.protocol);
  return connection.port >= rule.port && connection.port <= (rule.endPort ?? rule.port);
}
