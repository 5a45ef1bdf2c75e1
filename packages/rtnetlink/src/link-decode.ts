// What the kernel says about a link.
import { FAMILY } from './address-family.ts';
import { Attributes } from './attribute.ts';
import {
  IFINFOMSG_BYTES,
  IFLA,
  INET6_ADDRESS_GENERATION,
  INET6_NO_ADDRESS,
  INET6_SETTING,
  INET6_SETTINGS,
  INFO,
  LINK_FLAG,
  OPERATIONAL,
  VXLAN,
  XDP_PROGRAM_ID,
} from './link-constants.ts';
import type { Message } from './message.ts';

export interface Link {
  readonly index: number;
  readonly name: string;
  /** 'veth', 'vxlan', 'bridge' …; undefined for hardware and loopback. */
  readonly kind: string | undefined;
  readonly mac: string | undefined;
  /** Bytes of the largest IP packet. */
  readonly mtu: number;
  readonly up: boolean;
  /** Up, and so is what it needs below: the cable, the pair's other end. */
  readonly running: boolean;
  /** The kernel has found that it runs, and has given it its transmit queue: until then it drops what is sent. */
  readonly operational: boolean;
  readonly arp: boolean;
  readonly loopback: boolean;
  readonly alias: string | undefined;
  /** Further names, which lead to it as its own does; absent: none. */
  readonly alternativeNames?: readonly string[];
  /** Index of the bridge it is in. */
  readonly master: number | undefined;
  /** A pair's other end: its index, in the namespace `peerNetnsId` if that is set. */
  readonly peer: number | undefined;
  /** This namespace's number for the other one. */
  readonly peerNetnsId: number | undefined;
  readonly gsoMaxSize: number | undefined;
  readonly gsoMaxSegments: number | undefined;
  readonly groMaxSize: number | undefined;
  readonly gsoIpv4MaxSize: number | undefined;
  readonly groIpv4MaxSize: number | undefined;
  /** Number of the XDP program on it, however that was attached. */
  readonly xdpProgramId?: number;
  /** Absent: the link has no IPv6, because its MTU is below 1280 bytes or the kernel has none. */
  readonly ipv6?: LinkIpv6;
  /** With kind 'vxlan'. */
  readonly vxlan: VxlanInfo | undefined;
}

/** Its sysctls of net.ipv6.conf. */
export interface LinkIpv6 {
  /** disable_ipv6 */
  readonly disabled: boolean;
  /** accept_ra */
  readonly acceptRa: number;
  /** Whether the link makes itself a link-local address when it comes up. */
  readonly linkLocal: boolean;
}

export interface VxlanInfo {
  /** The one VNI, or 0 for an external device. */
  readonly vni: number;
  /** UDP destination port. */
  readonly port: number;
  /** Tunnel metadata comes with each packet (`ip link … external`). */
  readonly external: boolean;
  readonly learning: boolean;
  readonly udp6ZeroCsumTx: boolean;
  readonly udp6ZeroCsumRx: boolean;
  readonly local: string | undefined;
  readonly remote: string | undefined;
  /** Index of the device it is bound to. */
  readonly device: number | undefined;
}

export function decodeLink({ body }: Message): Link {
  const attributes = new Attributes(body.subarray(IFINFOMSG_BYTES));
  const flags = body.readUInt32LE(8);
  const info = attributes.nested(IFLA.linkInfo);
  const kind = info.text(INFO.kind);
  const alternativeNames = attributes.nested(IFLA.propertyList).texts(IFLA.alternativeName);
  const ipv6 = decodeIpv6(attributes.nested(IFLA.familySettings).nested(FAMILY.ipv6));
  const xdpProgramId = attributes.nested(IFLA.xdp).u32(XDP_PROGRAM_ID);
  return {
    index: body.readInt32LE(4),
    name: attributes.text(IFLA.name) ?? '',
    kind,
    mac: attributes.mac(IFLA.address),
    mtu: attributes.u32(IFLA.mtu) ?? 0,
    up: (flags & LINK_FLAG.up) !== 0,
    running: (flags & LINK_FLAG.lowerUp) !== 0,
    operational: attributes.u8(IFLA.operationalState) === OPERATIONAL,
    arp: (flags & LINK_FLAG.noArp) === 0,
    loopback: (flags & LINK_FLAG.loopback) !== 0,
    alias: attributes.text(IFLA.alias),
    ...(alternativeNames.length > 0 && { alternativeNames }),
    master: attributes.u32(IFLA.master),
    peer: attributes.u32(IFLA.link),
    peerNetnsId: attributes.s32(IFLA.linkNetnsId),
    ...offloadSizes(attributes),
    ...(xdpProgramId !== undefined && { xdpProgramId }),
    ...(ipv6 !== undefined && { ipv6 }),
    vxlan: kind === 'vxlan' ? decodeVxlan(info.nested(INFO.data)) : undefined,
  };
}

function decodeIpv6(attributes: Attributes): LinkIpv6 | undefined {
  const settings = attributes.bytes(INET6_SETTINGS);
  if (settings === undefined) return undefined;
  const setting = (place: number): number => settings.readInt32LE(4 * place);
  return {
    disabled: setting(INET6_SETTING.disabled) !== 0,
    acceptRa: setting(INET6_SETTING.acceptRa),
    linkLocal: attributes.u8(INET6_ADDRESS_GENERATION) !== INET6_NO_ADDRESS,
  };
}

function offloadSizes(attributes: Attributes) {
  return {
    gsoMaxSize: attributes.u32(IFLA.gsoMaxSize),
    gsoMaxSegments: attributes.u32(IFLA.gsoMaxSegments),
    groMaxSize: attributes.u32(IFLA.groMaxSize),
    gsoIpv4MaxSize: attributes.u32(IFLA.gsoIpv4MaxSize),
    groIpv4MaxSize: attributes.u32(IFLA.groIpv4MaxSize),
  };
}

function decodeVxlan(data: Attributes): VxlanInfo {
  return {
    vni: data.u32(VXLAN.id) ?? 0,
    port: data.be16(VXLAN.port) ?? 0,
    external: (data.u8(VXLAN.external) ?? 0) !== 0,
    learning: (data.u8(VXLAN.learning) ?? 0) !== 0,
    udp6ZeroCsumTx: (data.u8(VXLAN.udpZeroCsum6Tx) ?? 0) !== 0,
    udp6ZeroCsumRx: (data.u8(VXLAN.udpZeroCsum6Rx) ?? 0) !== 0,
    local: data.address(VXLAN.local) ?? data.address(VXLAN.local6),
    remote: data.address(VXLAN.remote) ?? data.address(VXLAN.remote6),
    device: data.u32(VXLAN.link),
  };
}
