// IP protocols of flows and policies, by name and by IANA number.

export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;
export type ProtocolName = keyof typeof PROTOCOL;

/** `tcp` for 6; the number itself when it has no name here. */
export function protocolName(number: number): string {
  return Object.entries(PROTOCOL).find(([, each]) => each === number)?.[0] ?? String(number);
}
