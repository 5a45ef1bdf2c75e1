// A policy's rules for addresses of the own node that no Node object names: to `nodes` peers that address is the node,
// to `networks` peers it is itself. Both kinds become one list here, so that the first match is found across them.
import type { Labels } from '../model/labels.ts';
import { contentOf, type DirectionRules, type ReadyRule } from './direction-rules.ts';
import { usedNames } from './port-names.ts';
import { digest } from '../collections/stable-ids.ts';
import { selects } from './selectors.ts';

/** Egress only. Absent: no rule applies; NetworkPolicy never does. `labels`: the own node's. */
export function ownNodeRules({ content, rules }: DirectionRules, labels: Labels): DirectionRules | undefined {
  const applicable = rules.flatMap(rule => ownNodeRule(rule, labels) ?? []);
  if (applicable.length === 0) return undefined;
  return {
    content: digest(JSON.stringify([content, ...applicable.map(contentOf)])),
    rules: applicable,
    portNames: applicable.flatMap(rule => usedNames(rule.ports)),
  };
}

function ownNodeRule(rule: ReadyRule, labels: Labels): ReadyRule | undefined {
  if (rule.tier === 'NetworkPolicy') return undefined;
  const peers = [...rule.peers];
  const isNode = peers.some(([, peer]) => peer.kind === 'nodes' && selects(peer.nodes, labels));
  const isAlways = rule.isFailClosed || isNode;
  const networks = peers.filter(([, { kind }]) => kind === 'network');
  if (!isAlways && networks.length === 0) return undefined;
  return { ...rule, isForAnyPeer: isAlways, isFailClosed: isAlways, peers: new Map(networks) };
}
