// What a link has carried: struct rtnl_link_stats64 (linux/if_link.h), whose first eight numbers these are.
import { Attributes, optional, s32Attribute } from './attribute.ts';
import { IFINFOMSG_BYTES, IFLA } from './link-constants.ts';
import { linkHeader, type LinkId } from './link.ts';
import { isRtnetlinkError } from './errors.ts';
import { MESSAGE } from './message.ts';
import type { RtnetlinkSocket } from './socket.ts';

/** Since the link was made. A super-packet is one packet on a veth, and as many as it became on most hardware. */
export interface LinkCounters {
  readonly rxPackets: bigint;
  readonly txPackets: bigint;
  readonly rxBytes: bigint;
  readonly txBytes: bigint;
  readonly rxErrors: bigint;
  readonly txErrors: bigint;
  readonly rxDropped: bigint;
  readonly txDropped: bigint;
}

const FIELDS = [
  ...(['rxPackets', 'txPackets', 'rxBytes', 'txBytes'] as const),
  ...(['rxErrors', 'txErrors', 'rxDropped', 'txDropped'] as const),
];

/**
 * Of the link with that index, or of the one in the namespace that this one calls `netnsId`; undefined if it is gone.
 */
export function getLinkCounters(
  socket: RtnetlinkSocket,
  index: Extract<LinkId, number>,
  netnsId?: number,
): LinkCounters | undefined {
  const target = optional(netnsId, id => s32Attribute(IFLA.targetNetnsId, id));
  try {
    const message = socket.get({
      ...{ type: MESSAGE.getLink, flags: 0, body: [linkHeader({ id: index }), ...target] },
      ...{ operation: 'get counters of link', subject: String(index) },
    });
    const bytes = message && new Attributes(message.body.subarray(IFINFOMSG_BYTES)).bytes(IFLA.stats64);
    return bytes === undefined ? undefined : decodeCounters(bytes);
  } catch (error) {
    if (isRtnetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
}

function decodeCounters(bytes: Buffer): LinkCounters {
  const values = FIELDS.map((field, i) => [field, bytes.readBigUInt64LE(8 * i)] as const);
  return Object.fromEntries(values) as Record<(typeof FIELDS)[number], bigint>;
}
