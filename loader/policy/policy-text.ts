// Selectors, peers and ports as text for people.
import type {
  LabelRequirement,
  LabelSelector,
  PodSelector,
  PolicyPeer,
  PolicyRule,
  PortMatch,
} from '../model/policies.ts';
import { selectsEverything } from './selectors.ts';

/** `any peer` for all; empty for a rule without a peer that is understood. */
export function peersText({ peers, action }: PolicyRule): string[] {
  return peers === 'all' ? ['any peer'] : peers.map(peer => peerText(peer, action));
}

export function portsText({ ports, action }: PolicyRule): string[] {
  return ports === 'all' ? ['everything'] : ports.map(port => portText(port, action));
}

/** A part that could not be read fails closed: a Deny matches all peers, an Accept none. */
function unreadText(action: PolicyRule['action'], all: string, none: string): string {
  return `${action === 'Deny' ? all : none} (what the policy says here could not be read)`;
}

function peerText(peer: PolicyPeer, action: PolicyRule['action']): string {
  switch (peer.kind) {
    case 'pods':
      return podsText(peer);
    case 'nodes':
      return selectsEverything(peer.nodes) ? 'all nodes' : `nodes with ${labelsText(peer.nodes)}`;
    case 'network':
      return peer.except.length === 0 ? peer.cidr : `${peer.cidr} except ${peer.except.join(', ')}`;
    case 'unknown':
      return unreadText(action, 'any peer', 'no peer');
  }
}

export function podsText({ namespaces, pods }: PodSelector): string {
  const which = selectsEverything(pods) ? 'all pods' : `pods with ${labelsText(pods)}`;
  if ('name' in namespaces) return `${which} in namespace ${namespaces.name}`;
  if (selectsEverything(namespaces)) return which;
  return `${which} in namespaces with ${labelsText(namespaces)}`;
}

function labelsText({ matchLabels, matchExpressions }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...labels, ...matchExpressions.map(requirementText)].join(' and ');
}

function requirementText({ key, operator, values }: LabelRequirement): string {
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

function portText(port: PortMatch, action: PolicyRule['action']): string {
  switch (port.kind) {
    case 'range':
      return `${port.protocol.toLowerCase()} ${rangeText(port.first, port.last)}`;
    case 'named':
      return `${port.protocol === undefined ? '' : `${port.protocol.toLowerCase()} `}'${port.name}'`;
    case 'unknown':
      return unreadText(action, 'everything', 'nothing');
  }
}

/** 80, 8000-8080, or `any port`. */
export function rangeText(first: number, last: number): string {
  if (first === last) return String(first);
  return first <= 1 && last === LAST_PORT ? 'any port' : `${first}-${last}`;
}
