// Writes what is given into the maps, and nothing else into them.
import type { BpfMap } from 'libbpf-ts';
import { isIpv6 } from '../packet/address.ts';
import { SEGMENT } from './cluster.ts';
import type { Enumerators } from './enumerators.ts';
import type { Given, GivenEndpoint, GivenFlow, GivenRoute } from './given.ts';

type Entry = readonly [key: Record<string, unknown>, value: Record<string, unknown>];
export type NamedMap = BpfMap<Record<string, unknown>, Record<string, unknown>>;

const IPV4_PREFIX_BITS = 96;
const SEGMENT_BITS = 32;
const NOWHERE = '::';
const NO_MAC = '00:00:00:00:00:00';
const NANOSECONDS_PER_MS = 1_000_000n;
/** The programs' clock is coarse: by up to a tick it is behind ours. */
const CLOCK_TICK_NS = 20_000_000n;

/** Maps that a program does not use are not in its object, and are passed over. */
export function fillMaps(maps: ReadonlyMap<string, NamedMap>, given: Given, names: Enumerators): void {
  const replace = (name: string, entries: readonly Entry[]): void => {
    const map = maps.get(name);
    if (map === undefined) return;
    for (const [key] of [...map.entries()]) map.delete(key);
    for (const [key, value] of entries) map.set(key, value);
  };
  replace(
    'hd_port',
    given.ports.map(({ ifindex, mac, slot, segment = SEGMENT, flags }) => [
      { ifindex },
      { segment, podSlot: slot, mac, flags: names.flags(flags) },
    ]),
  );
  replace(
    'hd_endpoint',
    given.endpoints.map(endpoint => endpointEntry(endpoint, names)),
  );
  replace(
    'hd_route',
    given.routes.map(route => routeEntry(route, names)),
  );
  replace(
    'hd_node',
    given.nodes.map(({ addr, id, mac = NO_MAC, flags }) => [
      { addr },
      { id, mac, flags: names.flags(flags) },
    ]),
  );
  replace('hd_frag', []);
  replace(
    'hd_conntrack',
    given.conntrack.map(flow => flowEntry(flow, names)),
  );
}

function endpointEntry(endpoint: GivenEndpoint, names: Enumerators): Entry {
  const { addr, kind, node, segment = SEGMENT, ifindex = 0, slot = 0, mac = NO_MAC, flags } = endpoint;
  return [
    { segment, addr },
    {
      kind: names.valueOf(kind),
      identity: [0, 0],
      nodeId: node,
      ifindex,
      podSlot: slot,
      mac,
      flags: names.flags(flags),
    },
  ];
}

function routeEntry(route: GivenRoute, names: Enumerators): Entry {
  const { prefix, kind, node, mtu, segment = SEGMENT, flags } = route;
  const [addr = '', bits = ''] = prefix.split('/');
  return [
    { prefixBits: SEGMENT_BITS + Number(bits) + (isIpv6(addr) ? 0 : IPV4_PREFIX_BITS), segment, addr },
    {
      kind: names.valueOf(kind),
      flags: names.flags(flags),
      mtu,
      nodeId: node,
      tunnel: route.tunnel ?? NOWHERE,
      source: route.source ?? NOWHERE,
      nextHop: route.nextHop ?? NOWHERE,
      vtepMac: route.vtepMac ?? NO_MAC,
    },
  ];
}

function flowEntry(flow: GivenFlow, names: Enumerators): Entry {
  const { source, destination, protocol, sourcePort, destinationPort, node = 0, ageMs = 0 } = flow;
  return [
    { segment: SEGMENT, protocol, source, destination, sourcePort, destinationPort },
    {
      seenNs: process.hrtime.bigint() - CLOCK_TICK_NS - BigInt(ageMs) * NANOSECONDS_PER_MS,
      flags: names.flags(flow.flags),
      nodeId: node,
    },
  ];
}
