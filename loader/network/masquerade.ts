// Masquerades pods' traffic to destinations outside of the cluster: one nftables table, written in one transaction.
import { isDeepStrictEqual } from 'node:util';
import { type Cidr, cidrAddr, cidrOf, cidrPrefixLength, isIpv4Cidr } from 'ip';
import { type Change, change } from '../model/change.ts';
import { DEFAULT_NAMES } from './names.ts';
import { nftPrefix } from './nft-prefix.ts';
import type { Nft, NftChain, NftCommand, NftObject, NftRule, NftSet, NftStatement } from './nft.ts';

export interface Masquerade {
  /** Names of the devices by which traffic leaves. */
  readonly uplinks: readonly string[];
  /** Sources: this node's own pod CIDRs. */
  readonly ownCidrs: readonly Cidr[];
  /** Destinations that are not masqueraded: every pod CIDR of the cluster. */
  readonly clusterCidrs: readonly Cidr[];
  /** Excluded from source ports: a reply to it would be taken for a tunnel packet. */
  readonly vxlanPort: number;
  /** Name of the nftables table. */
  readonly table?: string;
}

/** Contents of the table as nft JSON. */
export interface MasqueradeTable {
  readonly sets: readonly NftSet[];
  readonly chains: readonly NftChain[];
  readonly rules: readonly NftRule[];
}

export const MASQUERADE_FAMILY = 'inet';
const CHAIN = 'postrouting';
/** A number, as `nft -n` prints it. */
const IPPROTO_UDP = 17;

/** Replaces the table if it differs. */
export async function reconcileMasquerade(nft: Nft, desired: Masquerade): Promise<Change[]> {
  const name = desired.table ?? DEFAULT_NAMES.nftTable;
  const desiredTable = masqueradeTable(desired);
  const listed = await nft.list('table', MASQUERADE_FAMILY, name);
  const wrong = listed === undefined ? [] : differentParts(tableOf(listed), desiredTable);
  if (listed !== undefined && wrong.length === 0) return [];
  await nft.apply(commandsFor(name, desiredTable));
  const action = listed === undefined ? 'created' : `written anew: its ${wrong.join(', ')} differed`;
  return [change(`nftables table ${name}`, action)];
}

function differentParts(actual: MasqueradeTable, desired: MasqueradeTable): string[] {
  return (['sets', 'chains', 'rules'] as const).filter(
    part => !isDeepStrictEqual(actual[part], desired[part]),
  );
}

/** Removes the table; no change if there is none. */
export async function removeMasquerade(nft: Nft, name = DEFAULT_NAMES.nftTable): Promise<Change[]> {
  if ((await nft.list('table', MASQUERADE_FAMILY, name)) === undefined) return [];
  await nft.apply([{ delete: { table: { family: MASQUERADE_FAMILY, name } } }]);
  return [change(`nftables table ${name}`, 'removed')];
}

/** Pure: the table's contents. */
export function masqueradeTable(desired: Masquerade): MasqueradeTable {
  const table = desired.table ?? DEFAULT_NAMES.nftTable;
  const families = (['ip', 'ip6'] as const).filter(
    protocol => ofFamily(desired.ownCidrs, protocol).length > 0,
  );
  return {
    sets: families.flatMap(protocol => [
      cidrSet(table, `own_${protocol}`, ofFamily(desired.ownCidrs, protocol)),
      cidrSet(
        table,
        `cluster_${protocol}`,
        ofFamily([...desired.clusterCidrs, ...desired.ownCidrs], protocol),
      ),
    ]),
    chains: [
      {
        family: MASQUERADE_FAMILY,
        table,
        name: CHAIN,
        type: 'nat',
        hook: 'postrouting',
        prio: 100,
        policy: 'accept',
      },
    ],
    rules: families.flatMap(protocol =>
      desired.uplinks.flatMap(uplink => uplinkRules(table, protocol, desired, uplink)),
    ),
  };
}

/**
 * The larger range of unprivileged ports beside the excluded one: the kernel takes one range. A source port inside of it
 * is kept.
 */
export function sourcePortsWithout(port: number): [first: number, last: number] {
  const below = port - 1024;
  const above = 65_535 - port;
  return above >= below ? [Math.max(port + 1, 1024), 65_535] : [1024, port - 1];
}

type Protocol = 'ip' | 'ip6';

function uplinkRules(table: string, protocol: Protocol, desired: Masquerade, uplink: string): NftRule[] {
  const leaving = [
    match('==', { meta: { key: 'oifname' } }, uplink),
    match('==', { payload: { protocol, field: 'saddr' } }, `@own_${protocol}`),
    match('!=', { payload: { protocol, field: 'daddr' } }, `@cluster_${protocol}`),
  ];
  const isUdp = match('==', { meta: { key: 'l4proto' } }, IPPROTO_UDP);
  const avoidingPort = { masquerade: { port: { range: sourcePortsWithout(desired.vxlanPort) } } };
  const rule = (expr: readonly NftStatement[]) => ({ family: MASQUERADE_FAMILY, table, chain: CHAIN, expr });
  return [rule([...leaving, isUdp, avoidingPort]), rule([...leaving, { masquerade: null }])];
}

function match(op: string, left: unknown, right: unknown): NftStatement {
  return { match: { op, left, right } };
}

function cidrSet(table: string, name: string, cidrs: readonly Cidr[]): NftSet {
  const type = name.endsWith('6') ? 'ipv6_addr' : 'ipv4_addr';
  return { family: MASQUERADE_FAMILY, name, table, type, flags: ['interval'], elem: elementsOf(cidrs) };
}

/** Interval sets refuse overlaps, so a prefix inside of another is omitted. */
function elementsOf(cidrs: readonly Cidr[]): unknown[] {
  const widestFirst = [...new Set(cidrs)].sort((a, b) => cidrPrefixLength(a) - cidrPrefixLength(b));
  const kept = new Set<Cidr>();
  const lengths = new Set<number>();
  for (const cidr of widestFirst) {
    if ([...lengths].some(length => kept.has(cidrOf(cidrAddr(cidr), length)))) continue;
    kept.add(cidr);
    lengths.add(cidrPrefixLength(cidr));
  }
  return sortElements([...kept].map(nftPrefix));
}

function sortElements(elements: readonly unknown[]): unknown[] {
  return [...elements].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function ofFamily(cidrs: readonly Cidr[], protocol: Protocol): Cidr[] {
  return cidrs.filter(cidr => isIpv4Cidr(cidr) === (protocol === 'ip'));
}

/** The listing without handles. */
function tableOf(objects: readonly NftObject[]): MasqueradeTable {
  const sets = objects.flatMap(({ set }) => (set === undefined ? [] : [withoutHandle(set)]));
  return {
    sets: sets.map(set => ({ ...set, elem: sortElements(set.elem ?? []) })),
    chains: objects.flatMap(({ chain }) => (chain === undefined ? [] : [withoutHandle(chain)])),
    rules: objects.flatMap(({ rule }) => (rule === undefined ? [] : [withoutHandle(rule)])),
  };
}

function withoutHandle<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== 'handle')) as T;
}

/** Deleting an absent table is an error, so it is added first. */
function commandsFor(name: string, desiredTable: MasqueradeTable): NftCommand[] {
  const table = { table: { family: MASQUERADE_FAMILY, name } };
  return [
    { add: table },
    { delete: table },
    { add: table },
    ...desiredTable.sets.map(set => ({ add: { set } })),
    ...desiredTable.chains.map(chain => ({ add: { chain } })),
    ...desiredTable.rules.map(rule => ({ add: { rule } })),
  ];
}
