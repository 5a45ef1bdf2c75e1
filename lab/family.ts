// Address families, as far as a lab's plan needs them.

import { isIpv6 } from 'ip';

export type Families = 'ipv4' | 'ipv6' | 'dual';

/** As all subnets of a lab have it. */
export function withPrefixLength(address: string): string {
  return `${address}/${isIpv6(address) ? 64 : 24}`;
}

/** Those of the two that belong to the families. */
export function ofFamilies(families: Families, ipv4: string, ipv6: string): string[] {
  return [...(families === 'ipv6' ? [] : [ipv4]), ...(families === 'ipv4' ? [] : [ipv6])];
}
