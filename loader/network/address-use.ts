// What uses an address of this node's pod CIDRs although no attachment has it: another CNI's pod, an address of the host,
// a route of another program. Asked before the address is given to a pod; two of one address cut each other off.
import { type Addr, hostPrefix } from 'ip';
import { getLink, listNeighbours, matchRoute, type Route, type RtnetlinkSocket } from 'rtnetlink';

/** 'the route to 10.1.0.7'; `undefined`: the kernel knows of nothing. */
export function addressUse(socket: RtnetlinkSocket, addr: Addr): string | undefined {
  const route = matchRoute(socket, addr);
  if (route === undefined) return undefined;
  if (route.type === 'local') return 'the host itself';
  if (route.type !== 'unicast') return undefined; // the node's own unreachable route to its pod CIDR
  if (route.destination.prefixLength === hostPrefix(addr).prefixLength) return `the route to ${addr}`;
  return neighbourOf(socket, route, addr);
}

/** On a subnet that is on a link (a bridge with another CNI's pods): a neighbour that has answered there. */
function neighbourOf(socket: RtnetlinkSocket, { nextHops }: Route, addr: Addr): string | undefined {
  const onLink = nextHops.flatMap(({ via, index }) =>
    via === undefined && index !== undefined ? [index] : [],
  );
  const index = onLink.find(index =>
    listNeighbours(socket, index).some(
      ({ address, mac, state }) => address === addr && mac !== undefined && state !== 'failed',
    ),
  );
  return index === undefined
    ? undefined
    : `a neighbour on ${getLink(socket, index)?.name ?? `link ${index}`}`;
}
