// Address families by the kernel's numbers.
import type { Family } from 'ip';

/** AF_INET and AF_INET6. */
export const FAMILY = { ipv4: 2, ipv6: 10 } as const satisfies Record<Family, number>;

/** The family with a kernel's number, if it is one of the two. */
export function familyOfNumber(number: number): Family | undefined {
  return number === FAMILY.ipv4 ? 'ipv4' : number === FAMILY.ipv6 ? 'ipv6' : undefined;
}
