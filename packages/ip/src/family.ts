// The two address families.

export type Family = 'ipv4' | 'ipv6';

export const FAMILIES = ['ipv4', 'ipv6'] as const satisfies readonly Family[];

/** Bits of an address. */
export const ADDRESS_BITS: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

/** Of the text of an address or a prefix; does not check that it is one. */
export function familyOf(text: string): Family {
  return isIpv6(text) ? 'ipv6' : 'ipv4';
}

export function isIpv4(text: string): boolean {
  return !isIpv6(text);
}

export function isIpv6(text: string): boolean {
  return text.includes(':');
}
