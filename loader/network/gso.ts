// How large a super-packet may be before it is encapsulated.

/** Largest value of IPv4's total length (RFC 791) and IPv6's payload length (RFC 8200): 16 bits. */
const LENGTH_MAX = 65_535;
/** Outer IPv4, UDP, VXLAN, inner Ethernet: all that counts in the outer IPv4 total length. IPv6 has more room. */
const OUTER_BYTES = 20 + 8 + 8 + 14;

/** The kernel builds no larger packet for such a device (it counts Ethernet, too), so every outer length fits. */
export const GSO_MAX_BYTES = LENGTH_MAX - OUTER_BYTES;
