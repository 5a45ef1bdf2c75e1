// What a policy says of an address of the own node that no Node object names: to `nodes` peers that address is the node,
// to `networks` peers it is itself. Both kinds become one list here, so that the first match is found across them.
import type { Labels } from '../model/objects.ts';
import { contentOf, type DirectionRules, type ReadyRule } from './direction-rules.ts';
import { digest } from './numbers.ts';
import { selects } from './selectors.ts';

/** Of an egress. Absent: it says nothing, as no NetworkPolicy does. `labels`: the own node's. */
export function ownNodeRules({ content, rules }: DirectionRules, labels: Labels): DirectionRules | undefined {
  const speaking = rules.flatMap(rule => ownNodeRule(rule, labels) ?? []);
  if (speaking.length === 0) return undefined;
  return { content: digest(JSON.stringify([content, ...speaking.map(contentOf)])), rules: speaking };
}

function ownNodeRule(rule: ReadyRule, labels: Labels): ReadyRule | undefined {
  if (rule.tier === 'NetworkPolicy') return undefined;
  const peers = [...rule.peers];
  const isNode = peers.some(([, peer]) => peer.kind === 'nodes' && selects(peer.nodes, labels));
  const isAlways = rule.isFailClosed || isNode;
  const networks = peers.filter(([, { kind }]) => kind === 'network');
  if (!isAlways && networks.length === 0) return undefined;
  return { ...rule, everybody: isAlways, isFailClosed: isAlways, peers: new Map(networks) };
}
