// What can be set on any kind of link, at its creation or later.
import { FAMILY } from './address-family.ts';
import {
  macAttribute,
  nestedAttribute,
  optional,
  textAttribute,
  u32Attribute,
  u8Attribute,
} from './attribute.ts';
import { IFLA, INET6_ADDRESS_GENERATION, INET6_NO_ADDRESS } from './link-constants.ts';

export interface LinkSettings {
  readonly name?: string;
  readonly mac?: string;
  /** Bytes of the largest IP packet. */
  readonly mtu?: number;
  readonly up?: boolean;
  /** False sets NOARP: the link neither asks nor answers ARP and ND. */
  readonly arp?: boolean;
  /** Text for people and for programs that look for their own links (`ip link` shows it), at most 254 bytes. */
  readonly alias?: string;
  /** Index of a bridge to join; 0 leaves the one it is in. */
  readonly master?: number;
  /** Number that links have in common; 0 is the default group. */
  readonly group?: number;
  /** Moves the link into the namespace of this fd. */
  readonly netnsFd?: number;
  /** Largest super-packet handed to the link for segmentation, bytes (IPv6; IPv4 too while at most 65,536). */
  readonly gsoMaxSize?: number;
  readonly gsoMaxSegments?: number;
  /** Largest super-packet that receive offload builds, bytes. */
  readonly groMaxSize?: number;
  readonly gsoIpv4MaxSize?: number;
  readonly groIpv4MaxSize?: number;
  /** Whether the link makes itself an IPv6 link-local address when it comes up; not at creation. */
  readonly linkLocal?: boolean;
}

export function linkAttributes(settings: LinkSettings): Buffer[] {
  return [
    ...optional(settings.name, name => textAttribute(IFLA.name, name)),
    ...optional(settings.mac, mac => macAttribute(IFLA.address, mac)),
    ...optional(settings.alias, alias => textAttribute(IFLA.alias, alias)),
    ...optional(settings.linkLocal, linkLocalAttribute),
    ...NUMBERS.flatMap(([key, type]) => optional(settings[key], value => u32Attribute(type, value))),
  ];
}

/** IN6_ADDR_GEN_MODE_EUI64 is 0. */
function linkLocalAttribute(linkLocal: boolean): Buffer {
  const mode = u8Attribute(INET6_ADDRESS_GENERATION, linkLocal ? 0 : INET6_NO_ADDRESS);
  return nestedAttribute(IFLA.familySettings, [nestedAttribute(FAMILY.ipv6, [mode])]);
}

const NUMBERS = [
  ['mtu', IFLA.mtu],
  ['master', IFLA.master],
  ['group', IFLA.group],
  ['netnsFd', IFLA.netnsFd],
  ['gsoMaxSize', IFLA.gsoMaxSize],
  ['gsoMaxSegments', IFLA.gsoMaxSegments],
  ['groMaxSize', IFLA.groMaxSize],
  ['gsoIpv4MaxSize', IFLA.gsoIpv4MaxSize],
  ['groIpv4MaxSize', IFLA.groIpv4MaxSize],
] as const;
