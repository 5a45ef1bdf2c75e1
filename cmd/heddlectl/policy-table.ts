// A policy's table as the datapath has it: readable without the daemon, by the names that are pinned with it.
import { PolicyAction, type RuleSetKey, type RuleVerdict } from '../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../loader/abi/map-set.ts';
import { protocolName } from '../../loader/abi/protocol.ts';
import { routeCidr } from '../../loader/maps/route-key.ts';
import { ruleNumberWords } from '../../loader/maps/rule-name.ts';
import { rangeWords } from '../../loader/policy/policy-words.ts';
import { colour } from './colour.ts';
import type { Names } from './names.ts';

export interface TableRow {
  /** `tcp 80`, `udp any port`, `everything else`. */
  readonly ports: string;
  readonly action: 'allow' | 'deny';
  readonly rule?: string;
}

/** Peers to whom the same rows apply. */
export interface TablePeer {
  /** Pods, addresses and prefixes; `everybody else`. */
  readonly peers: readonly string[];
  readonly rows: readonly TableRow[];
}

const ANYBODY = 0;
const PORT_BITS = 16;

/** Everybody else comes last. */
export function policyTable(maps: MapSet, names: Names, version: number, policy: number): TablePeer[] {
  const byRuleSet = new Map<number, number[]>();
  for (const [key, { ruleSet }] of maps.hd_policy_peer.entries())
    if (key.policy === policy) byRuleSet.set(ruleSet, [...(byRuleSet.get(ruleSet) ?? []), key.identity]);
  const holders = identityHolders(maps, names, version);
  const rows = ruleSetRows(maps, new Set(byRuleSet.keys()));
  return [...byRuleSet]
    .sort(([, a], [, b]) => Number(a.includes(ANYBODY)) - Number(b.includes(ANYBODY)))
    .map(([ruleSet, identities]) => ({
      peers: identities.flatMap(identity =>
        identity === ANYBODY ? ['everybody else'] : (holders.get(identity) ?? []),
      ),
      rows: rows.get(ruleSet) ?? [],
    }))
    .filter(({ peers }) => peers.length > 0);
}

/** A pod once, though it has two addresses. */
function identityHolders(maps: MapSet, names: Names, version: number): ReadonlyMap<number, string[]> {
  const holders = new Map<number, Set<string>>();
  const add = (identity: number | undefined, holder: string): void => {
    if (identity === undefined || identity === ANYBODY) return;
    holders.set(identity, (holders.get(identity) ?? new Set()).add(holder));
  };
  for (const [{ addr }, { identity, nodeId }] of maps.hd_endpoint.entries()) {
    const node = names.nodes.get(nodeId);
    const owner = names.pods.get(addr) ?? (node === undefined ? addr : `${addr} of node ${node}`);
    add(identity[version], owner);
  }
  for (const [key, { identity }] of maps.hd_cidr.entries()) add(identity[version], routeCidr(key));
  return new Map([...holders].map(([identity, names]) => [identity, [...names].sort()]));
}

function ruleSetRows(maps: MapSet, wanted: ReadonlySet<number>): ReadonlyMap<number, TableRow[]> {
  const found = new Map<number, [RuleSetKey, RuleVerdict][]>();
  for (const [key, verdict] of maps.hd_rule_set.entries())
    if (wanted.has(key.ruleSet)) found.set(key.ruleSet, [...(found.get(key.ruleSet) ?? []), [key, verdict]]);
  return new Map(
    [...found].map(([ruleSet, rows]) => [
      ruleSet,
      rows.sort(([a], [b]) => compareKeys(a, b)).map(([key, verdict]) => tableRow(maps, key, verdict)),
    ]),
  );
}

/** By protocol and port, the narrower prefix first; what holds for everything else last. */
function compareKeys(a: RuleSetKey, b: RuleSetKey): number {
  const last = Number(a.protocol === 0) - Number(b.protocol === 0);
  return last || a.protocol - b.protocol || b.prefixBits - a.prefixBits || a.port - b.port;
}

function tableRow(maps: MapSet, key: RuleSetKey, { action, rule }: RuleVerdict): TableRow {
  const words = ruleNumberWords(maps, rule);
  return {
    ports: portsOf(key),
    action: action === PolicyAction.ALLOW ? 'allow' : 'deny',
    ...(words !== undefined && { rule: words }),
  };
}

function portsOf({ protocol, prefixBits, port }: RuleSetKey): string {
  if (protocol === 0) return 'everything else';
  const last = port + 2 ** (PORT_BITS - prefixBits) - 1;
  return `${protocolName(protocol)} ${rangeWords(port, last)}`;
}

export function tableLines(table: readonly TablePeer[]): string[] {
  return table.flatMap(({ peers, rows }) => [
    `  ${peers.join(', ')}`,
    ...rows.map(({ ports, action, rule }) => {
      const word = action === 'deny' ? colour.red(action) : colour.green(action);
      return `    ${ports}: ${word}${rule === undefined ? '' : ` (${rule})`}`;
    }),
  ]);
}
