// What the kernel could say, with only what a test is about spelled out.
import type { InterfaceAddress, Link, Neighbour, Route } from 'rtnetlink';

export function link(given: Partial<Link>): Link {
  return {
    index: 2,
    name: 'eth0',
    kind: undefined,
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    up: true,
    running: true,
    operational: true,
    arp: true,
    loopback: false,
    alias: undefined,
    master: undefined,
    peer: undefined,
    peerNetnsId: undefined,
    gsoMaxSize: 65_536,
    gsoMaxSegments: 65_535,
    groMaxSize: 65_536,
    gsoIpv4MaxSize: 65_536,
    groIpv4MaxSize: 65_536,
    vxlan: undefined,
    ...given,
  };
}

/** '10.2.0.0/24' out of link 2. */
export function route(to: string, given: Partial<Route> = {}): Route {
  const [address = '', bits] = to.split('/');
  return {
    family: to.includes(':') ? 'ipv6' : 'ipv4',
    destination: { address, prefixLength: Number(bits) },
    type: 'unicast',
    nextHops: [{ index: 2, via: undefined, onLink: false }],
    source: undefined,
    mtu: undefined,
    mtuLocked: false,
    metric: 0,
    scope: 'global',
    protocol: 104,
    table: 254,
    cloned: false,
    ...given,
  };
}

/** '10.0.0.1/24' on link 2. */
export function address(text: string, given: Partial<InterfaceAddress> = {}): InterfaceAddress {
  const [addr = '', bits] = text.split('/');
  return {
    index: 2,
    family: text.includes(':') ? 'ipv6' : 'ipv4',
    address: addr,
    prefixLength: Number(bits),
    scope: 'global',
    noDad: false,
    noPrefixRoute: false,
    tentative: false,
    duplicate: false,
    ...given,
  };
}

/** A permanent entry on link 2. */
export function neighbour(addr: string, mac: string, given: Partial<Neighbour> = {}): Neighbour {
  return { index: 2, address: addr, mac, state: 'permanent', ...given };
}
