// What nfnetlink announces of nftables (linux/netfilter/nf_tables.h): which object of which table changed, not how.
import { FAMILY } from './address-family.ts';
import { Attributes } from './attribute.ts';
import type { Message } from './message.ts';

export type NftablesFamily = 'ip' | 'ip6' | 'inet' | 'other';

export interface NftablesChange {
  readonly kind: 'table' | 'chain' | 'rule' | 'other';
  readonly family: NftablesFamily;
  readonly table: string;
  /** The chain, or that of the rule. */
  readonly chain: string | undefined;
  /** A chain at a hook that is new or was changed. Of one that is deleted the kernel does not say. */
  readonly isBase: boolean;
}

/** NFNL_SUBSYS_NFTABLES: the upper byte of a message's type. */
const SUBSYSTEM = 10;
/** struct nfgenmsg */
const HEADER_BYTES = 4;
/** NFPROTO_INET */
const INET = 1;
const FAMILIES: ReadonlyMap<number, NftablesFamily> = new Map([
  [INET, 'inet'],
  [FAMILY.ipv4, 'ip'],
  [FAMILY.ipv6, 'ip6'],
]);
/** NFT_MSG_NEW… and …DEL…: the lower byte. */
const KINDS: ReadonlyMap<number, NftablesChange['kind']> = new Map([
  ...([0, 2] as const).map(type => [type, 'table'] as const),
  ...([3, 5] as const).map(type => [type, 'chain'] as const),
  ...([6, 8] as const).map(type => [type, 'rule'] as const),
]);
/** NFT_MSG_NEWGEN, NFT_MSG_GETGEN, NFT_MSG_TRACE: of no object. */
const OF_NO_OBJECT = [15, 16, 17];
/** The first attribute of every kind of object. */
const TABLE = 1;
const RULE_CHAIN = 2;
const CHAIN_NAME = 3;
const CHAIN_HOOK = 4;

/** Undefined: of no table, as a transaction's number. */
export function decodeNftablesChange({ type, body }: Message): NftablesChange | undefined {
  const number = type & 0xff;
  if (type >> 8 !== SUBSYSTEM || OF_NO_OBJECT.includes(number) || body.length < HEADER_BYTES)
    return undefined;
  const kind = KINDS.get(number) ?? 'other';
  const attributes = new Attributes(body.subarray(HEADER_BYTES));
  const table = attributes.text(TABLE);
  if (table === undefined) return undefined;
  return {
    kind,
    family: FAMILIES.get(body.readUInt8(0)) ?? 'other',
    table,
    chain: chainOf(kind, attributes),
    isBase: kind === 'chain' && attributes.bytes(CHAIN_HOOK) !== undefined,
  };
}

function chainOf(kind: NftablesChange['kind'], attributes: Attributes): string | undefined {
  if (kind === 'chain') return attributes.text(CHAIN_NAME);
  return kind === 'rule' ? attributes.text(RULE_CHAIN) : undefined;
}
