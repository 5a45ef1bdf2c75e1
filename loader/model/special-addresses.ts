// Addresses that neither a node nor a pod can have: no other machine reaches anything by them (RFC 6890, RFC 4291).
import { type Addr, type Cidr, cidrContains, parseCidr } from 'ip';

export interface SpecialCidr {
  readonly name: string;
  readonly cidr: Cidr;
}

export const SPECIAL_CIDRS: readonly SpecialCidr[] = [
  ['unspecified', '0.0.0.0/8', '::/128'],
  ['loopback', '127.0.0.0/8', '::1/128'],
  ['link-local', '169.254.0.0/16', 'fe80::/10'],
  ['multicast', '224.0.0.0/4', 'ff00::/8'],
  ['broadcast', '255.255.255.255/32'],
].flatMap(([name = '', ...cidrs]) => cidrs.map(text => ({ name, cidr: parseCidr(text) })));

/** What it is special as; undefined: it is not. */
export function specialName(addr: Addr): string | undefined {
  return SPECIAL_CIDRS.find(({ cidr }) => cidrContains(cidr, addr))?.name;
}
