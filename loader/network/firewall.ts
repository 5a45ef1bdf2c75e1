// Accept rules in foreign FORWARD chains whose policy is DROP (Docker's, mostly): nftables honours an accept only within its chain.
import { isDeepStrictEqual } from 'node:util';
import { type Cidr, isIpv4Cidr } from 'ip';
import { HeddleError } from '../errors.ts';
import { type Change, change } from '../model/change.ts';
import { DEFAULT_NAMES, type NetworkNames } from './names.ts';
import { nftPrefix } from './nft-prefix.ts';
import type { Nft, NftChain, NftCommand, NftRule, NftStatement } from './nft.ts';

export interface PodTraffic {
  /** This node's own pod CIDRs. */
  readonly ownCidrs: readonly Cidr[];
  readonly names?: NetworkNames;
}

export interface FirewallSync {
  readonly changes: readonly Change[];
  /** Chains that cannot be read and accept what no rule matches. */
  readonly problems: readonly string[];
  /** Ids of all chains that were looked at. */
  readonly chains: ReadonlySet<string>;
}

/** Of a chain, in one namespace. */
export function forwardChainId({ family, table, name }: Pick<NftChain, 'family' | 'table' | 'name'>): string {
  return `${family} ${table} ${name}`;
}

/**
 * Adds accept rules to every FORWARD chain that drops by default, and removes them from all others: each chain by itself.
 * Throws `IO` after the last one if one that drops could not be read or changed.
 */
export async function reconcileFirewall(nft: Nft, desired: PodTraffic): Promise<FirewallSync> {
  const changes: Change[] = [];
  const problems: string[] = [];
  const failures: string[] = [];
  const chains = await forwardChains(nft);
  for (const chain of chains)
    try {
      const commands = diffChain(chain, await rulesOf(nft, chain), desired);
      await nft.apply(commands);
      if (commands.length > 0) changes.push(describe(chain, dropsByDefault(chain)));
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'IO') throw error;
      (dropsByDefault(chain) ? failures : problems).push(chainProblem(chain, error));
    }
  if (failures.length > 0) throw new HeddleError('IO', failures.join('; '));
  return { changes, problems, chains: new Set(chains.map(forwardChainId)) };
}

/** Removes Heddle's rules from all chains. */
export async function removeFirewallRules(nft: Nft, names = DEFAULT_NAMES): Promise<Change[]> {
  const changes: Change[] = [];
  const commands: NftCommand[] = [];
  for (const chain of await forwardChains(nft)) {
    const rules = await rulesOf(nft, chain);
    const deletions = rules.filter(rule => rule.comment === names.mark).map(rule => deletion(rule));
    commands.push(...deletions);
    if (deletions.length > 0) changes.push(describe(chain, false));
  }
  await nft.apply(commands);
  return changes;
}

/** Pure: the commands that reconcile Heddle's rules in one chain. */
export function diffChain(chain: NftChain, rules: readonly NftRule[], desired: PodTraffic): NftCommand[] {
  const mark = (desired.names ?? DEFAULT_NAMES).mark;
  const ours = rules.filter(rule => rule.comment === mark);
  const desiredRules = dropsByDefault(chain) ? acceptRules(chain, desired) : [];
  const isRight = isDeepStrictEqual(ours.map(withoutCounters), desiredRules.map(withoutCounters));
  if (isRight) return [];
  return [
    ...ours.map(rule => deletion(rule)),
    // Each rule is inserted at the head of the chain, before reject rules, so they are inserted in reverse order.
    ...desiredRules.toReversed().map(rule => ({ insert: { rule: { ...rule } } })),
  ];
}

/** From and to local pods, and from and to the overlay device; in a form that iptables can display. */
export function acceptRules({ family, table, name }: NftChain, desired: PodTraffic): NftRule[] {
  const names = desired.names ?? DEFAULT_NAMES;
  const pods = `${names.hostInterfacePrefix}*`;
  const cidrs = desired.ownCidrs.filter(cidr => family === 'inet' || isIpv4Cidr(cidr) === (family === 'ip'));
  const matches = [
    ...cidrs.flatMap(cidr => [
      [device('iifname', pods), prefix('saddr', cidr)],
      [device('oifname', pods), prefix('daddr', cidr)],
    ]),
    [device('iifname', names.overlayDevice)],
    [device('oifname', names.overlayDevice)],
  ];
  return matches.map(expr => ({
    family,
    table,
    chain: name,
    comment: names.mark,
    expr: [...expr, { counter: null }, { accept: null }],
  }));
}

async function forwardChains(nft: Nft): Promise<NftChain[]> {
  const objects = (await nft.list('chains')) ?? [];
  return objects.flatMap(({ chain }) => (chain !== undefined && isForwardFilter(chain) ? [chain] : []));
}

async function rulesOf(nft: Nft, { family, table, name }: NftChain): Promise<NftRule[]> {
  const listed = (await nft.list('chain', family, table, name)) ?? [];
  return listed.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
}

function chainProblem(chain: NftChain, { message }: HeddleError): string {
  const what = `the ${nameOf(chain)} cannot be read or changed`;
  return dropsByDefault(chain)
    ? `${what}, and it drops pods' packets: ${message}`
    : `${what}; it accepts what none of its rules drops: ${message}`;
}

function isForwardFilter({ hook, type, family }: NftChain): boolean {
  return hook === 'forward' && type === 'filter' && ['ip', 'ip6', 'inet'].includes(family);
}

function dropsByDefault(chain: NftChain): boolean {
  return chain.policy === 'drop';
}

function device(key: 'iifname' | 'oifname', name: string): NftStatement {
  return { match: { op: '==', left: { meta: { key } }, right: name } };
}

function prefix(field: 'saddr' | 'daddr', cidr: Cidr): NftStatement {
  const protocol = isIpv4Cidr(cidr) ? 'ip' : 'ip6';
  return { match: { op: '==', left: { payload: { protocol, field } }, right: nftPrefix(cidr) } };
}

function deletion({ family, table, chain, handle }: NftRule): NftCommand {
  return { delete: { rule: { family, table, chain, handle } } };
}

/** The rule without counters, which the kernel adds. */
function withoutCounters({ expr }: NftRule): readonly NftStatement[] {
  return expr.map(statement => ('counter' in statement ? { counter: null } : statement));
}

function nameOf(chain: NftChain): string {
  return `nftables chain ${forwardChainId(chain)}`;
}

function describe(chain: NftChain, isAdded: boolean): Change {
  const what = isAdded
    ? 'added rules that accept pod traffic, because its policy is drop'
    : "removed Heddle's rules";
  return change(nameOf(chain), what);
}
