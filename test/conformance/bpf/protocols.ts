// Protocols by the numbers that packets carry (IANA).
import type { Protocol } from '../../support/policy/world.ts';

export const IPPROTO = { TCP: 6, UDP: 17, SCTP: 132 } as const satisfies Record<Protocol, number>;
