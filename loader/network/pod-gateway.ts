// The pods' gateway: one link-local address a family, never in a packet, and one MAC that all host ends share.
import { type Addr, anyPrefix, familyOf, hostPrefix, isIpv4, type Mac, parseAddr } from 'ip';
import { addRoute, type NewRoute, type RequestSink, replaceNeighbour } from 'rtnetlink';

/** Link-local (RFC 3927, RFC 4291): it cannot be a pod's address and is not assigned on the host. */
const GATEWAY = { ipv4: parseAddr('169.254.1.1'), ipv6: parseAddr('fe80::1') } as const;

/** The gateways of a pod with these addresses: one a family. */
export function gatewaysFor(addresses: readonly Addr[]): Addr[] {
  return [
    ...(addresses.some(isIpv4) ? [GATEWAY.ipv4] : []),
    ...(addresses.every(isIpv4) ? [] : [GATEWAY.ipv6]),
  ];
}

/** Routes in a pod's main table for one gateway: the on-link route to it, and the default route. */
export function gatewayRoutes(gateway: Addr, index: number): [toGateway: NewRoute, byDefault: NewRoute] {
  return [
    { destination: hostPrefix(gateway), index, scope: 'link' },
    { destination: anyPrefix(familyOf(gateway)), index, via: gateway },
  ];
}

/** Queues gateway routes and neighbours in a pod's namespace; permanent neighbours avoid ARP and ND. */
export function addGateways(sink: RequestSink, index: number, addresses: readonly Addr[], mac: Mac): void {
  for (const gateway of gatewaysFor(addresses)) {
    replaceNeighbour(sink, { index, address: gateway, mac });
    for (const route of gatewayRoutes(gateway, index)) addRoute(sink, route);
  }
}
