// A policy's rows in hd_policy_peer and hd_rule_set: readable without the daemon, with names from pinned maps.
import { type Cidr, cidrAddr, cidrContains, cidrPrefixLength } from 'ip';
import { PolicyAction, type RuleSetKey, type RuleVerdict } from '../../../loader/abi/abi.gen.ts';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { protocolName } from '../../../loader/abi/protocol.ts';
import { routeCidr } from '../../../loader/tables/route-key.ts';
import { ruleNumberWords } from '../../../loader/tables/rule-name.ts';
import { ANY_PEER } from '../../../loader/policy/compiled.ts';
import { rangeText } from '../../../loader/policy/policy-text.ts';
import { colour } from '../output/colour.ts';
import type { Names } from '../tables/names.ts';
import { portRanges } from './ports.ts';

export interface TableRow {
  /** `tcp 80`, `udp any port`, `everything else`. */
  readonly ports: string;
  readonly action: 'allow' | 'deny';
  readonly rule?: string;
}

/** Peers with the same rows. */
export interface TablePeer {
  /** Pods, addresses and prefixes; `all other peers`. */
  readonly peers: readonly string[];
  readonly rows: readonly TableRow[];
}

/** The row for all other peers is last. */
export function policyTable(maps: MapSet, names: Names, bank: number, policy: number): TablePeer[] {
  const byRuleSet = new Map<number, number[]>();
  for (const [key, { ruleSet }] of maps.hd_policy_peer.entries())
    if (key.policy === policy) byRuleSet.set(ruleSet, [...(byRuleSet.get(ruleSet) ?? []), key.identity]);
  const owners = identityOwners(maps, names, bank);
  const excepted = exceptedPrefixes(maps, bank, new Set([...byRuleSet.values()].flat()));
  const rows = ruleSetRows(maps, new Set(byRuleSet.keys()));
  return [...byRuleSet]
    .sort(([, a], [, b]) => Number(a.includes(ANY_PEER)) - Number(b.includes(ANY_PEER)))
    .map(([ruleSet, identities]) => ({
      peers: identities.flatMap(identity =>
        identity === ANY_PEER ? [...excepted, 'all other peers'] : (owners.get(identity) ?? []),
      ),
      rows: rows.get(ruleSet) ?? [],
    }))
    .filter(({ peers }) => peers.length > 0);
}

/** Prefixes without a row within a prefix with one: the rows of ANY_PEER apply to them. */
function exceptedPrefixes(maps: MapSet, bank: number, withRow: ReadonlySet<number>): Cidr[] {
  const prefixes = Array.from(maps.hd_cidr.entries(), ([key, { identity }]) => {
    const number = identity[bank] ?? ANY_PEER;
    return { cidr: routeCidr(key), isNamed: number !== ANY_PEER && withRow.has(number) };
  });
  const named = prefixes.filter(({ isNamed }) => isNamed);
  const isInside = (cidr: Cidr): boolean =>
    named.some(
      outer =>
        cidrContains(outer.cidr, cidrAddr(cidr)) && cidrPrefixLength(outer.cidr) < cidrPrefixLength(cidr),
    );
  return prefixes.filter(({ cidr, isNamed }) => !isNamed && isInside(cidr)).map(({ cidr }) => cidr);
}

/** A dual-stack pod is listed once. */
function identityOwners(maps: MapSet, names: Names, bank: number): ReadonlyMap<number, string[]> {
  const owners = new Map<number, Set<string>>();
  const add = (identity: number | undefined, owner: string): void => {
    if (identity === undefined || identity === ANY_PEER) return;
    owners.set(identity, (owners.get(identity) ?? new Set()).add(owner));
  };
  for (const [{ addr }, { identity, nodeId }] of maps.hd_endpoint.entries()) {
    const node = names.nodes.get(nodeId);
    const owner = names.pods.get(addr) ?? (node === undefined ? addr : `${addr} of node ${node}`);
    add(identity[bank], owner);
  }
  for (const [key, { identity }] of maps.hd_cidr.entries()) add(identity[bank], routeCidr(key));
  return new Map([...owners].map(([identity, names]) => [identity, [...names].sort()]));
}

function ruleSetRows(maps: MapSet, ruleSets: ReadonlySet<number>): ReadonlyMap<number, TableRow[]> {
  const found = new Map<number, [RuleSetKey, RuleVerdict][]>();
  for (const [key, verdict] of maps.hd_rule_set.entries())
    if (ruleSets.has(key.ruleSet))
      found.set(key.ruleSet, [...(found.get(key.ruleSet) ?? []), [key, verdict]]);
  return new Map([...found].map(([ruleSet, rows]) => [ruleSet, tableRows(maps, rows)]));
}

/** By protocol and port; the row for everything else last. */
function tableRows(maps: MapSet, rows: readonly [RuleSetKey, RuleVerdict][]): TableRow[] {
  const protocols = [...new Set(rows.map(([{ protocol }]) => protocol))].filter(number => number !== 0);
  const listed = protocols
    .sort((a, b) => a - b)
    .flatMap(protocol =>
      portRanges(rows.filter(([key]) => key.protocol === protocol)).map(({ first, last, verdict }) =>
        tableRow(maps, `${protocolName(protocol)} ${rangeText(first, last)}`, verdict),
      ),
    );
  const others = rows.filter(([{ protocol }]) => protocol === 0);
  return [...listed, ...others.map(([, verdict]) => tableRow(maps, 'everything else', verdict))];
}

function tableRow(maps: MapSet, ports: string, { action, rule }: RuleVerdict): TableRow {
  const words = ruleNumberWords(maps, rule);
  return {
    ports,
    action: action === PolicyAction.ALLOW ? 'allow' : 'deny',
    ...(words !== undefined && { rule: words }),
  };
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
