// The ranges that a cluster's pod CIDRs are cut from: the n-th node has the n-th piece of each.
import * as z from 'zod';
import {
  addrFromNumber,
  addrToNumber,
  cidrContains,
  cidrOf,
  cidrPrefixBits,
  cidrRange,
  familyOf,
  isIpv4Cidr,
  mappedBits,
  type Addr,
  type Cidr,
} from 'ip';
import { cidr } from '../objects/kubernetes-fields.ts';

export interface ClusterRange {
  readonly cidr: Cidr;
  /** Prefix length of a node's piece. */
  readonly nodePrefix: number;
}

const range = z
  .strictObject({ cidr, nodePrefix: z.int() })
  .refine(
    ({ cidr, nodePrefix }) =>
      pieceBits({ cidr, nodePrefix }) >= cidrPrefixBits(cidr) && nodePrefix <= (isIpv4Cidr(cidr) ? 30 : 126),
    "nodePrefix must be at least as long as the range's own, and leave room for two pods",
  );

/** At most one range of each family. */
export const clusterRanges = z
  .strictObject({ podCIDRs: z.array(range).min(1).max(2) })
  .refine(
    ({ podCIDRs: [first, second] }) =>
      first === undefined || second === undefined || isIpv4Cidr(first.cidr) !== isIpv4Cidr(second.cidr),
    'podCIDRs has two ranges of one family',
  );

/** How many nodes there can be. */
export function slotCount(ranges: readonly ClusterRange[]): number {
  const bits = ranges.map(one => pieceBits(one) - cidrPrefixBits(one.cidr));
  return 2 ** Math.min(24, ...bits);
}

export function cidrsOfSlot(ranges: readonly ClusterRange[], slot: number): Cidr[] {
  return ranges.map(one => {
    const first = cidrRange(one.cidr).first + (BigInt(slot) << BigInt(128 - pieceBits(one)));
    return cidrOf(addrFromNumber(first), one.nodePrefix);
  });
}

/** The piece that one of the addresses is in; undefined: none. */
export function slotOf(ranges: readonly ClusterRange[], addresses: readonly Addr[]): number | undefined {
  for (const range of ranges) {
    const addr = addresses.find(one => cidrContains(range.cidr, one));
    if (addr === undefined) continue;
    const offset = addrToNumber(addr) - cidrRange(range.cidr).first;
    const slot = Number(offset >> BigInt(128 - pieceBits(range)));
    if (slot < slotCount(ranges)) return slot;
  }
  return undefined;
}

/** Prefix bits of a node's piece in the 16-byte form. */
function pieceBits({ cidr, nodePrefix }: ClusterRange): number {
  return mappedBits(familyOf(cidr), nodePrefix);
}
