// Prefixes as two fields, as netlink has them, and as text.
import { parseAddr, type Addr } from './addr.ts';
import { cidrAddr, cidrOf, cidrPrefixLength, type Cidr } from './cidr.ts';
import { ADDRESS_BITS, familyOf, type Family } from './family.ts';

/** An address with the number of leading bits that matter: a network, or an address on one. */
export interface Prefix {
  readonly address: string;
  readonly prefixLength: number;
}

export function prefixOf(cidr: Cidr): Prefix {
  return { address: cidrAddr(cidr), prefixLength: cidrPrefixLength(cidr) };
}

/** The one address as a prefix: /32 or /128. */
export function hostPrefix(addr: Addr): Prefix {
  return { address: addr, prefixLength: ADDRESS_BITS[familyOf(addr)] };
}

/** All addresses of a family: the destination of a default route. */
export function anyPrefix(family: Family): Prefix {
  return { address: family === 'ipv4' ? '0.0.0.0' : '::', prefixLength: 0 };
}

/** The network that an address with a length stands in. */
export function cidrOfPrefix(prefix: Prefix): Cidr {
  return cidrOf(parseAddr(prefix.address), prefix.prefixLength);
}
