// Names and marks of Heddle's network objects, by which it recognises them.

export interface NetworkNames {
  /** The overlay device. */
  readonly overlayDevice: string;
  /** nftables table of the masquerade. */
  readonly nftTable: string;
  /** Route protocol (RTPROT_*, shown by `ip route` as `proto`). */
  readonly routeProtocol: number;
  /** Prefix of host-side interface names. */
  readonly hostInterfacePrefix: string;
  /** Prefix of link aliases, and comment of rules in foreign tables. */
  readonly mark: string;
}

/** Several nodes on one machine can share them, each in its own network namespace. */
export const DEFAULT_NAMES: NetworkNames = {
  overlayDevice: 'heddle0',
  nftTable: 'heddle',
  routeProtocol: 104, // free in iproute2's rt_protos
  hostInterfacePrefix: 'hd',
  mark: 'heddle',
};

/** UDP port of VXLAN (RFC 7348 section 5). */
export const VXLAN_PORT = 4789;

/** Alias of a link: the mark, then its purpose. */
export function aliasOf(mark: string, purpose: string): string {
  return `${mark}:${purpose}`;
}

export function carriesMark(alias: string | undefined, mark: string): boolean {
  return alias?.startsWith(`${mark}:`) ?? false;
}
