// Services and EndpointSlices of the compiler's tests.
import { familyOf, parseAddr, type Addr } from 'ip';
import {
  serviceKey,
  type EndpointSliceKey,
  type EndpointSliceObject,
  type ServiceObject,
  type SliceEndpoint,
} from '../../../loader/model/service-objects.ts';
import { ServiceCompiler, type ServicesInput } from '../../../loader/services/compiler.ts';
import type { CompiledServices } from '../../../loader/services/service-rows.ts';

export const VIP = parseAddr('10.96.0.1');

export function service(more: Partial<ServiceObject> = {}): ServiceObject {
  return {
    ...{ namespace: 'shop', name: 'web', type: 'ClusterIP', clusterIps: [VIP] },
    ...{ externalIps: [], loadBalancerIps: [], affinityS: 0 },
    ports: [{ name: '', protocol: 'TCP', port: 80 }],
    ...{ internalTrafficPolicy: 'Cluster', externalTrafficPolicy: 'Cluster' },
    ...more,
  };
}

export function endpoint(addr: string, more: Partial<SliceEndpoint> = {}): SliceEndpoint {
  return { addr: parseAddr(addr), isReady: true, isServing: true, isTerminating: false, ...more };
}

export function slice(
  endpoints: readonly SliceEndpoint[],
  more: Partial<EndpointSliceObject> = {},
): EndpointSliceObject {
  const [first] = endpoints;
  return {
    ...{ namespace: 'shop', name: 'web-1', serviceName: 'web', endpoints },
    family: first === undefined ? 'ipv4' : familyOf(first.addr),
    ports: [{ name: '', protocol: 'TCP', port: 8080 }],
    ...more,
  };
}

export function inputOf(
  services: readonly ServiceObject[],
  slices: readonly EndpointSliceObject[] = [],
  zone?: string,
): ServicesInput {
  return {
    services: new Map(services.map(each => [serviceKey(each), each])),
    endpointSlices: new Map(slices.map(each => [`${each.namespace}/${each.name}` as EndpointSliceKey, each])),
    place: { node: 'a', zone },
  };
}

export function compiled(...parts: Parameters<typeof inputOf>): CompiledServices {
  return new ServiceCompiler().update(inputOf(...parts));
}

/** '10.96.0.1:80/TCP' → 'addr:port …' of its list, in order. */
export function listsOf({ ports }: CompiledServices): Readonly<Record<string, string>> {
  const rows = [...ports.values()].flat().flatMap(({ frontends }) => frontends);
  return Object.fromEntries(
    rows.map(({ addr, port, protocol, set }) => [
      `${addr}:${port}/${protocol}`,
      set.backends.map(backend => `${backend.addr}:${backend.port}`).join(' '),
    ]),
  );
}

/** 'addr' → whether new flows may be there. */
export function statesOf({ ports }: CompiledServices): Readonly<Record<string, boolean>> {
  const states = [...ports.values()].flat().flatMap(each => each.states);
  return Object.fromEntries(states.map(({ addr, isReady }) => [addr satisfies Addr, isReady]));
}
