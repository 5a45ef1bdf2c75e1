// Selectors, peers and ports as people write them.
import type {
  LabelRequirement,
  LabelSelector,
  PodSelector,
  PolicyPeer,
  PolicyRule,
  PortMatch,
} from '../model/policies.ts';
import { selectsEverything } from './selectors.ts';

/** `everybody` alone for all; a rule without any peer it understands has none. */
export function peersWords({ peers, action }: PolicyRule): string[] {
  return peers === 'all' ? ['everybody'] : peers.map(peer => peerWords(peer, action));
}

export function portsWords({ ports, action }: PolicyRule): string[] {
  return ports === 'all' ? ['everything'] : ports.map(port => portWords(port, action));
}

/** What could not be read fails closed: it denies everybody, and accepts nobody. */
function unreadWords(action: PolicyRule['action'], all: string, none: string): string {
  return `${action === 'Deny' ? all : none} (what the policy says here could not be read)`;
}

function peerWords(peer: PolicyPeer, action: PolicyRule['action']): string {
  switch (peer.kind) {
    case 'pods':
      return podsWords(peer);
    case 'nodes':
      return selectsEverything(peer.nodes) ? 'all nodes' : `nodes with ${labelsWords(peer.nodes)}`;
    case 'network':
      return peer.except.length === 0 ? peer.cidr : `${peer.cidr} except ${peer.except.join(', ')}`;
    case 'unknown':
      return unreadWords(action, 'everybody', 'nobody');
  }
}

export function podsWords({ namespaces, pods }: PodSelector): string {
  const which = selectsEverything(pods) ? 'all pods' : `pods with ${labelsWords(pods)}`;
  if ('name' in namespaces) return `${which} in namespace ${namespaces.name}`;
  if (selectsEverything(namespaces)) return which;
  return `${which} in namespaces with ${labelsWords(namespaces)}`;
}

function labelsWords({ matchLabels, matchExpressions }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...labels, ...matchExpressions.map(requirementWords)].join(' and ');
}

function requirementWords({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(', ')})`;
    case 'NotIn':
      return `${key} not in (${values.join(', ')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `no ${key}`;
  }
}

const LAST_PORT = 65_535;

function portWords(port: PortMatch, action: PolicyRule['action']): string {
  switch (port.kind) {
    case 'range':
      return `${port.protocol.toLowerCase()} ${rangeWords(port.first, port.last)}`;
    case 'named':
      return `${port.protocol === undefined ? '' : `${port.protocol.toLowerCase()} `}'${port.name}'`;
    case 'unknown':
      return unreadWords(action, 'everything', 'nothing');
  }
}

/** 80, 8000-8080, or `any port`. */
export function rangeWords(first: number, last: number): string {
  if (first === last) return String(first);
  return first <= 1 && last === LAST_PORT ? 'any port' : `${first}-${last}`;
}
