// What Heddle calls its things in a node's networking, so that it finds them again and touches nothing else's.

export interface NetworkNames {
  /** The VXLAN device. */
  readonly overlayDevice: string;
  /** Table of nftables that holds the masquerade. */
  readonly nftTable: string;
  /** Mark of our routes (RTPROT_*, shown by `ip route` as `proto`). */
  readonly routeProtocol: number;
  /** Start of every pod's host-side interface name. */
  readonly hostInterfacePrefix: string;
  /** Start of the alias that our links carry, and comment of our rules in other tables. */
  readonly mark: string;
}

/** Several nodes on one machine share them: each has a network namespace of its own. */
export const DEFAULT_NAMES: NetworkNames = {
  overlayDevice: 'heddle0',
  nftTable: 'heddle',
  routeProtocol: 104, // free in iproute2's rt_protos
  hostInterfacePrefix: 'hd',
  mark: 'heddle',
};

/** UDP port of VXLAN (RFC 7348 section 5). */
export const VXLAN_PORT = 4789;

/** Alias of a link of ours: what it is for follows the mark. */
export function aliasOf(mark: string, purpose: string): string {
  return `${mark}:${purpose}`;
}

export function carriesMark(alias: string | undefined, mark: string): boolean {
  return alias?.startsWith(`${mark}:`) ?? false;
}
