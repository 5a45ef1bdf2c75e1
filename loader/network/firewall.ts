// Accept rules in foreign FORWARD chains whose policy is DROP (Docker's, mostly): nftables honours an accept only within its chain.
import { isDeepStrictEqual } from 'node:util';
import { type Cidr, cidrAddr, cidrPrefixLength, isIpv4Cidr } from 'ip';
import { type Change, change } from '../model/change.ts';
import { DEFAULT_NAMES, type NetworkNames } from './names.ts';
import type { Nft, NftChain, NftCommand, NftRule, NftStatement } from './nft.ts';

export interface PodTraffic {
  /** This node's own pod CIDRs. */
  readonly ownCidrs: readonly Cidr[];
  readonly names?: NetworkNames;
}

/** Adds accept rules to every FORWARD chain that drops by default, and removes them from all others. */
export async function reconcileFirewall(nft: Nft, desired: PodTraffic): Promise<Change[]> {
  const changes: Change[] = [];
  const commands: NftCommand[] = [];
  for (const { chain, rules } of await forwardChains(nft)) {
    const diff = diffChain(chain, rules, desired);
    commands.push(...diff);
    if (diff.length > 0) changes.push(describe(chain, dropsByDefault(chain)));
  }
  await nft.apply(commands);
  return changes;
}

/** Removes Heddle's rules from all chains. */
export async function removeFirewallRules(nft: Nft, names = DEFAULT_NAMES): Promise<Change[]> {
  const changes: Change[] = [];
  const commands: NftCommand[] = [];
  for (const { chain, rules } of await forwardChains(nft)) {
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

interface ChainWithRules {
  readonly chain: NftChain;
  readonly rules: readonly NftRule[];
}

async function forwardChains(nft: Nft): Promise<ChainWithRules[]> {
  const objects = (await nft.list('chains')) ?? [];
  const chains = objects.flatMap(({ chain }) =>
    chain !== undefined && isForwardFilter(chain) ? [chain] : [],
  );
  return Promise.all(
    chains.map(async chain => {
      const listed = (await nft.list('chain', chain.family, chain.table, chain.name)) ?? [];
      return { chain, rules: listed.flatMap(({ rule }) => (rule === undefined ? [] : [rule])) };
    }),
  );
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
  const right = { prefix: { addr: cidrAddr(cidr), len: cidrPrefixLength(cidr) } };
  return { match: { op: '==', left: { payload: { protocol, field } }, right } };
}

function deletion({ family, table, chain, handle }: NftRule): NftCommand {
  return { delete: { rule: { family, table, chain, handle } } };
}

/** The rule without counters, which the kernel adds. */
function withoutCounters({ expr }: NftRule): readonly NftStatement[] {
  return expr.map(statement => ('counter' in statement ? { counter: null } : statement));
}

function describe({ family, table, name }: NftChain, isAdded: boolean): Change {
  const what = isAdded
    ? 'added rules that accept pod traffic, because its policy is drop'
    : "removed Heddle's rules";
  return change(`nftables chain ${family} ${table} ${name}`, what);
}
