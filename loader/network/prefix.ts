// Between the model's prefixes, which are text, and rtnetlink's, which have two fields.
import type { Prefix } from 'rtnetlink';
import { type Addr, isIpv4, parseAddr } from '../model/addr.ts';
import { type Cidr, cidrAddr, cidrOf, cidrPrefixLength } from '../model/cidr.ts';

export function prefixOf(cidr: Cidr): Prefix {
  return { address: cidrAddr(cidr), prefixLength: cidrPrefixLength(cidr) };
}

/** The one address as a prefix: /32 or /128. */
export function hostPrefix(addr: Addr): Prefix {
  return { address: addr, prefixLength: isIpv4(addr) ? 32 : 128 };
}

/** The network that an address with a length stands in. */
export function cidrOfPrefix(prefix: Prefix): Cidr {
  return cidrOf(parseAddr(prefix.address), prefix.prefixLength);
}
