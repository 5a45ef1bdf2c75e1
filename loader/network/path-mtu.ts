// What IPv6 paths between nodes carry: a router's "packet too big" about a tunnel packet makes the kernel remember it.
import { readFileSync } from 'node:fs';
import type { Addr } from 'ip';
import { lookupRoute, type RtnetlinkSocket } from 'rtnetlink';

const SNMP6 = '/proc/self/net/snmp6';

/** How many "packet too big" this process's namespace has received; another one's cannot be asked. */
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
 * Those that are less than the uplink's. The kernel's vxlan hears the message for the flow's random source port, and the
 * route to the tunnel's end gets an exception of ten minutes (RFC 8201 4). Nobody has said anything: nothing is looked up.
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
