// Numbers of linux/rtnetlink.h for routes.

/** struct rtmsg: family, destination and source bits, TOS, table, protocol, scope, type, flags. */
export const RTMSG_BYTES = 12;

/** RTA_* */
export const RTA = {
  destination: 1,
  outputLink: 4,
  gateway: 5,
  priority: 6,
  preferredSource: 7,
  metrics: 8,
  multipath: 9,
  table: 15,
  via: 18,
} as const;

export const RTAX_LOCK = 1;
export const RTAX_MTU = 2;

/** RTNH_F_ONLINK and RTM_F_CLONED */
export const NEXT_HOP_ON_LINK = 4;
export const ROUTE_CLONED = 0x200;
/** RTM_F_FIB_MATCH: of a request. */
export const ROUTE_MATCH = 0x2000;

/** RTN_* */
export const ROUTE_TYPE = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
} as const;
export type RouteType = keyof typeof ROUTE_TYPE;

/** RTPROT_*: who makes routes besides programs. */
export const PROTOCOL = { redirect: 1, kernel: 2, boot: 3, static: 4, routerAdvertisement: 9 } as const;
