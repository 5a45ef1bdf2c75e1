// Maximum size of a super-packet before encapsulation.

/** Largest value of IPv4's total length (RFC 791) and IPv6's payload length (RFC 8200): 16 bits. */
const LENGTH_MAX = 65_535;
/** Outer IPv4, UDP, VXLAN, inner Ethernet: all that counts in the outer IPv4 total length. IPv6's payload length excludes its own header. */
const OUTER_BYTES = 20 + 8 + 8 + 14;

/** `gso_max_size` of the device; the kernel counts the Ethernet header in it. With it every outer length fits 16 bits. */
export const GSO_MAX_BYTES = LENGTH_MAX - OUTER_BYTES;
