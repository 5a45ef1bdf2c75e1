// Writes what is given into the maps, and nothing else into them.
import { isDeepStrictEqual } from 'node:util';
import type { MapSet } from '../../../loader/abi/map-set.ts';
import { voidCachedFlows } from '../../../loader/tables/flow-epoch.ts';
import { DEVICE, VNI } from './cluster.ts';
import type { Enumerators } from './enumerators.ts';
import { flowEntries } from './fill-flows.ts';
import { cidrEntries, fillPolicyArrays, peerEntries, ruleEntries, versions } from './fill-policy.ts';
import { backendEntries, backendStateEntries, serviceEndpoints, serviceEntries } from './fill-services.ts';
import type { Given, GivenEndpoint, GivenRoute } from './given.ts';
import type { MapEntry, NamedMap } from './map-entry.ts';
import { prefixKey } from './prefix-key.ts';

const NOWHERE = '::';
const NO_MAC = '00:00:00:00:00:00';

type Maps = ReadonlyMap<string, NamedMap>;

/** Maps that a program does not use are not in its object, and are passed over. */
export function fillMaps(maps: Maps, given: Given, names: Enumerators): void {
  fillTables(maps, given, names);
  const replace = replacerOf(maps, replaceEntries);
  for (const name of ['hd_frag', 'hd_cache_ipv4', 'hd_cache_ipv6', 'hd_affinity']) replace(name, []);
  const flows = flowEntries(given.conntrack, given.control.generation, names);
  replace('hd_ct_unassured', flows.unassured);
  replace('hd_ct', flows.assured);
}

/** What the daemon writes, and not what packets leave behind. Cached flows are void after it, as after the daemon's writes. */
export function fillTables(maps: Maps, given: Given, names: Enumerators): void {
  const replace = replacerOf(maps, replaceChanged);
  replace(
    'hd_iface',
    given.ifaces.map(({ ifindex, kind = 'IFACE_POD', mac = NO_MAC, podId = 0, vni = VNI, flags }) => [
      { ifindex },
      { kind: names.valueOf(kind), vni, podId, mac, flags: names.flags(flags) },
    ]),
  );
  replace(
    'hd_endpoint',
    [...given.endpoints, ...serviceEndpoints(given)].map(endpoint => endpointEntry(endpoint, names)),
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
  replace('hd_backend', backendEntries(given));
  replace('hd_backend_info', backendStateEntries(given, names));
  replace('hd_service', serviceEntries(given));
  replace('hd_cidr', cidrEntries(given));
  replace('hd_policy_peer', peerEntries(given));
  replace('hd_rule_set', ruleEntries(given, names));
  fillPolicyArrays(maps, given, names);
  const epochs = maps.get('hd_flow_epoch');
  if (epochs !== undefined) voidCachedFlows(epochs as unknown as MapSet['hd_flow_epoch']);
}

type Replace = (map: NamedMap, entries: readonly MapEntry[]) => void;

function replacerOf(maps: Maps, replace: Replace): (name: string, entries: readonly MapEntry[]) => void {
  return (name, entries) => {
    const map = maps.get(name);
    if (map !== undefined) replace(map, entries);
  };
}

function replaceEntries(map: NamedMap, entries: readonly MapEntry[]): void {
  for (const [key] of [...map.entries()]) map.delete(key);
  for (const [key, value] of entries) map.set(key, value);
}

/** What each map was filled with. */
const filled = new WeakMap<NamedMap, readonly MapEntry[]>();

/** Of a map that no program writes: most rows want what the row before them did, and writing it anew is most of a run. */
function replaceChanged(map: NamedMap, entries: readonly MapEntry[]): void {
  if (isDeepStrictEqual(filled.get(map), entries)) return;
  replaceEntries(map, entries);
  filled.set(map, entries);
}

function endpointEntry(endpoint: GivenEndpoint, names: Enumerators): MapEntry {
  const { addr, kind, node, vni = VNI, ifindex = 0, podId = 0, mac = NO_MAC, flags, identity = 0 } = endpoint;
  return [
    { vni, addr },
    {
      kind: names.valueOf(kind),
      identity: versions(identity),
      nodeId: node,
      ifindex,
      podId,
      mac,
      flags: names.flags(flags),
    },
  ];
}

function routeEntry(route: GivenRoute, names: Enumerators): MapEntry {
  const { prefix, kind, node, mtu, vni = VNI, ifindex = DEVICE.uplink, flags } = route;
  return [
    { ...prefixKey(prefix), vni },
    {
      kind: names.valueOf(kind),
      flags: names.flags(flags),
      mtu,
      nodeId: node,
      ifindex: kind === 'ROUTE_LOCAL' ? 0 : ifindex,
      tunnel: route.tunnel ?? NOWHERE,
      source: route.source ?? NOWHERE,
      nextHop: route.nextHop ?? NOWHERE,
      vtepMac: route.vtepMac ?? NO_MAC,
    },
  ];
}
