// One Service on one node: its ports, their frontends and backends.
import { familyOf, type Addr, type Family } from 'ip';
import {
  serviceKey,
  type EndpointSliceObject,
  type ServiceKey,
  type ServiceObject,
  type ServicePort,
} from '../model/service-objects.ts';
import { addressesOf, type AddressClaims } from './address-claims.ts';
import { byPlace, type BackendSets } from './backend-sets.ts';
import { chosenEndpoints } from './choose-endpoints.ts';
import { endpointsOf } from './service-endpoints.ts';
import type { BackendState, CompiledPort, Frontend, FrontendRow, Place } from './service-rows.ts';

export interface CompileContext {
  readonly place: Place;
  readonly claims: AddressClaims;
  readonly sets: BackendSets;
  /** Number of a Service's port, by its name; the frontend is one that may have had it before a restart. */
  readonly idOf: (name: string, frontend: Frontend | undefined) => number;
}

/** Left to others: headless, an alias of DNS, another program's, none assigned yet (kube-proxy's ShouldSkipService). */
export function isServed({ type, clusterIps, isForeign }: ServiceObject): boolean {
  return type !== 'ExternalName' && clusterIps.length > 0 && isForeign !== true;
}

/** 'shop/web:http/TCP'. */
export function portName(
  service: ServiceKey,
  { name, protocol }: Pick<ServicePort, 'name' | 'protocol'>,
): string {
  return `${service}:${name}/${protocol}`;
}

/** The sets of its rows are acquired. `problems`: of frontends that another Service has. */
export function compileService(
  service: ServiceObject,
  slices: readonly EndpointSliceObject[],
  context: CompileContext,
): { readonly ports: readonly CompiledPort[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const own = [...addressesOf(service)];
  const ports = service.ports.map(port => {
    const addrs = own.filter(addr => {
      const owner = context.claims.ownerOf(addr, port);
      if (owner !== undefined && owner !== service) problems.push(conflict(service, owner, { addr, port }));
      return owner === service;
    });
    return compilePort(service, port, { addrs, slices, context });
  });
  return { ports, problems: [...new Set(problems)] };
}

interface PortParts {
  /** Those that are its own. */
  readonly addrs: readonly Addr[];
  readonly slices: readonly EndpointSliceObject[];
  readonly context: CompileContext;
}

function compilePort(service: ServiceObject, port: ServicePort, parts: PortParts): CompiledPort {
  const { addrs, slices, context } = parts;
  const { protocol } = port;
  const [first] = addrs;
  const id = context.idOf(
    portName(serviceKey(service), port),
    first === undefined ? undefined : { addr: first, port: port.port, protocol },
  );
  const frontends: FrontendRow[] = [];
  const states: BackendState[] = [];
  for (const family of new Set([...addressesOf(service)].map(familyOf))) {
    const lists = listsOf(service, port, { family, slices, context });
    states.push(...lists.states);
    for (const addr of addrs) {
      if (familyOf(addr) !== family) continue;
      const set = context.sets.acquire(lists.of(service.clusterIps.includes(addr)));
      frontends.push({ addr, port: port.port, protocol, id, set, affinityS: service.affinityS });
    }
  }
  return {
    service: serviceKey(service),
    name: port.name,
    protocol,
    id,
    frontends: frontends.sort(byPlace),
    states: states.sort(byPlace),
  };
}

interface Lists {
  readonly states: readonly BackendState[];
  /** What a frontend's new flows choose from. */
  of(isClusterIp: boolean): readonly BackendState[];
}

/**
 * A pod that asks for an address from outside reaches any endpoint, whatever externalTrafficPolicy says: that is for clients
 * outside (kube-proxy: "pod traffic for external destinations").
 */
function listsOf(
  service: ServiceObject,
  port: ServicePort,
  { family, slices, context }: { family: Family; slices: PortParts['slices']; context: CompileContext },
): Lists {
  const endpoints = endpointsOf(service, port, family, slices);
  const everywhere = chosenEndpoints(endpoints, 'Cluster', context.place);
  const inside =
    service.internalTrafficPolicy === 'Cluster'
      ? everywhere
      : chosenEndpoints(endpoints, 'Local', context.place);
  const chosen = new Set([...everywhere, ...inside]);
  const states = new Map(
    endpoints.map(each => {
      const { addr, port } = each;
      return [each, { addr, port, isReady: each.isReady || chosen.has(each) }] as const;
    }),
  );
  const listed = (list: typeof endpoints): readonly BackendState[] =>
    list.flatMap(each => states.get(each) ?? []);
  const [ofInside, ofEverywhere] = [listed(inside), listed(everywhere)];
  return { states: [...states.values()], of: isClusterIp => (isClusterIp ? ofInside : ofEverywhere) };
}

function conflict(
  loser: ServiceObject,
  owner: ServiceObject,
  { addr, port }: { readonly addr: Addr; readonly port: ServicePort },
): string {
  const [mine, other] = [serviceKey(loser), serviceKey(owner)];
  if (!owner.clusterIps.includes(addr))
    return `Service ${mine}: ${addr} port ${port.port}/${port.protocol} is ignored: it belongs to Service ${other}`;
  const why = loser.clusterIps.includes(addr) ? ', which is older' : ' as its ClusterIP';
  return `Service ${mine}: address ${addr} is ignored: it belongs to Service ${other}${why}`;
}
