// Numbers of linux/if.h, linux/if_link.h and linux/veth.h, under the kernel's names.

/** struct ifinfomsg: family, type, index, flags, mask of changed flags. */
export const IFINFOMSG_BYTES = 16;

/** IFF_*: */
export const LINK_FLAG = { up: 0x1, loopback: 0x8, noArp: 0x80, lowerUp: 0x10000 } as const;

/** IFLA_* */
export const IFLA = {
  address: 1,
  name: 3,
  mtu: 4,
  link: 5,
  master: 10,
  operationalState: 16,
  linkInfo: 18,
  alias: 20,
  stats64: 23,
  familySettings: 26,
  group: 27,
  netnsFd: 28,
  linkNetnsId: 37,
  gsoMaxSegments: 40,
  gsoMaxSize: 41,
  xdp: 43,
  targetNetnsId: 46,
  propertyList: 52,
  alternativeName: 53,
  groMaxSize: 58,
  gsoIpv4MaxSize: 63,
  groIpv4MaxSize: 64,
} as const;

/** IF_OPER_UP (RFC 2863) */
export const OPERATIONAL = 6;

/** IFLA_INFO_* */
export const INFO = { kind: 1, data: 2 } as const;

/** IFLA_XDP_PROG_ID, of whichever mode has one */
export const XDP_PROGRAM_ID = 4;

/** IFLA_INET6_CONF and IFLA_INET6_ADDR_GEN_MODE, within IFLA_AF_SPEC */
export const INET6_SETTINGS = 2;
export const INET6_ADDRESS_GENERATION = 8;

/** IN6_ADDR_GEN_MODE_NONE */
export const INET6_NO_ADDRESS = 1;

/** DEVCONF_* (linux/ipv6.h): places in the array of IFLA_INET6_CONF */
export const INET6_SETTING = { acceptRa: 3, disabled: 26 } as const;

/** VETH_INFO_PEER */
export const VETH_PEER = 1;

/** IFLA_VXLAN_* */
export const VXLAN = {
  id: 1,
  remote: 2,
  link: 3,
  local: 4,
  ttl: 5,
  learning: 7,
  port: 15,
  remote6: 16,
  local6: 17,
  udpZeroCsum6Tx: 19,
  udpZeroCsum6Rx: 20,
  external: 25,
} as const;
