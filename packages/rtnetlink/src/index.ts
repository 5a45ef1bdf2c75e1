// rtnetlink's public door.
export { isRtnetlinkError, RtnetlinkError, type RtnetlinkErrorCode } from './errors.ts';
export {
  addAddress,
  deleteAddress,
  type InterfaceAddress,
  listAddresses,
  type NewAddress,
  type Scope,
} from './interface-address.ts';
export {
  addAlternativeName,
  deleteLink,
  deleteLinkGroup,
  getLink,
  type LinkId,
  listLinks,
  setLink,
} from './link.ts';
export { getLinkCounters, type LinkCounters } from './link-counters.ts';
export {
  createBridge,
  createVeth,
  createVethLater,
  createVxlan,
  type NewLink,
  type VethOptions,
  type VxlanOptions,
} from './link-create.ts';
export type { Link, LinkIpv6, VxlanInfo } from './link-decode.ts';
export type { LinkSettings } from './link-settings.ts';
export type { RequestSink } from './message.ts';
export {
  monitor,
  monitorNftables,
  type MonitorAction,
  type MonitorEvent,
  type MonitorGroup,
  type MonitorOptions,
} from './monitor.ts';
export type { Monitor } from './monitor-socket.ts';
export type { NftablesChange, NftablesFamily } from './nftables-change.ts';
export { abstractListeners, type AbstractListener } from './unix-listener.ts';
export { peerCredentials, type PeerCredentials } from './unix-peer.ts';
export { lockDirectory } from './directory-lock.ts';
export {
  deleteNeighbour,
  listNeighbours,
  type Neighbour,
  type NeighbourKey,
  type NeighbourState,
  type NewNeighbour,
  replaceNeighbour,
} from './neighbour.ts';
export {
  createNetns,
  deleteNetns,
  Netns,
  NETNS_DIRECTORY,
  netnsExists,
  netnsPath,
  openNetns,
} from './netns.ts';
export {
  addRoute,
  deleteRoute,
  listRoutes,
  isRouteRefused,
  lookupRoute,
  MAIN_TABLE,
  matchRoute,
  type NewRoute,
  replaceRoute,
  type RouteFilter,
} from './route.ts';
export { PROTOCOL, type RouteType } from './route-constants.ts';
export type { NextHop, Route } from './route-decode.ts';
export { Batch, openSocket, RtnetlinkSocket, type SocketOptions } from './socket.ts';
export { probeSysctl, readSysctl, setProcSys, type SysctlOptions, writeSysctl } from './sysctl.ts';
export { type Filter, listFilters, listQdiscs, type Qdisc } from './traffic-control.ts';
