// IPv6 path MTUs between nodes, which the kernel learns from "packet too big" messages about tunnel packets.
import { readFileSync } from 'node:fs';
import type { Addr } from 'ip';
import { lookupRoute, type RtnetlinkSocket } from 'rtnetlink';

const SNMP6 = '/proc/self/net/snmp6';

/** Number of "packet too big" messages received in the process's namespace; another namespace's cannot be read. */
export function countTooBigs(netns: RtnetlinkSocket['netns']): number {
  if (netns !== undefined) return 0;
  const found = /^Icmp6InPktTooBigs\s+(\d+)$/m.exec(readFileSync(SNMP6, 'utf8'));
  return Number(found?.[1] ?? 0);
}

export interface PathMtus {
  readonly pathMtus?: ReadonlyMap<Addr, number>;
  readonly tooBigs?: number;
}

/**
 * Path MTUs that are less than the uplink's. The kernel's vxlan receives the ICMP error by its UDP port, and the route to
 * the tunnel end gets an exception for ten minutes (RFC 8201 section 4). Without received messages no route is looked up.
 */
export function readPathMtus(
  socket: RtnetlinkSocket,
  uplinkMtu: number,
  tunnelEnds: readonly Addr[],
): PathMtus {
  if (tunnelEnds.length === 0) return {};
  const tooBigs = countTooBigs(socket.netns);
  const pathMtus = new Map<Addr, number>();
  if (tooBigs > 0 || socket.netns !== undefined)
    for (const end of tunnelEnds) {
      const mtu = lookupRoute(socket, end)?.mtu;
      if (mtu !== undefined && mtu > 0 && mtu < uplinkMtu) pathMtus.set(end, mtu);
    }
  return { pathMtus, tooBigs };
}
