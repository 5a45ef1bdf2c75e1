// A prefix as `nft -j` prints it, so that what is read compares equal with what was written.
import { ADDRESS_BITS, type Cidr, cidrAddr, cidrPrefixLength, familyOf } from 'ip';

/** nft prints a prefix of one address as the address. */
export function nftPrefix(cidr: Cidr): unknown {
  const addr = cidrAddr(cidr);
  const len = cidrPrefixLength(cidr);
  return len === ADDRESS_BITS[familyOf(cidr)] ? addr : { prefix: { addr, len } };
}
