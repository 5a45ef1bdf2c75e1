// Converts views to the messages of heddle.v1.
import type {
  EndpointKind,
  EndpointView,
  NodeView,
  RouteKind,
  RouteView,
  StatusView,
} from './dataplane-view.ts';
import { heddle } from './proto.gen.js';

const ENDPOINT_KIND = {
  'local-pod': heddle.v1.EndpointKind.ENDPOINT_KIND_LOCAL_POD,
  'local-host': heddle.v1.EndpointKind.ENDPOINT_KIND_LOCAL_HOST,
  'remote-pod': heddle.v1.EndpointKind.ENDPOINT_KIND_REMOTE_POD,
  'remote-node': heddle.v1.EndpointKind.ENDPOINT_KIND_REMOTE_NODE,
  service: heddle.v1.EndpointKind.ENDPOINT_KIND_SERVICE,
} as const satisfies Record<EndpointKind, heddle.v1.EndpointKind>;

const ROUTE_KIND = {
  local: heddle.v1.RouteKind.ROUTE_KIND_LOCAL,
  overlay: heddle.v1.RouteKind.ROUTE_KIND_OVERLAY,
  direct: heddle.v1.RouteKind.ROUTE_KIND_DIRECT,
} as const satisfies Record<RouteKind, heddle.v1.RouteKind>;

export function endpointMessage({ kind, pod, service, local, ...plain }: EndpointView): heddle.v1.IEndpoint {
  return {
    ...plain,
    kind: ENDPOINT_KIND[kind],
    ...(pod === undefined ? {} : { podNamespace: pod.namespace, podName: pod.name }),
    ...(service === undefined ? {} : { serviceNamespace: service.namespace, serviceName: service.name }),
    ...local,
  };
}

export function routeMessage({ kind, ...plain }: RouteView): heddle.v1.IRoute {
  return { ...plain, kind: ROUTE_KIND[kind] };
}

export function nodeMessage({ addresses, podCidrs, ...plain }: NodeView): heddle.v1.INode {
  return { ...plain, addresses: [...addresses], podCidrs: [...podCidrs] };
}

export function statusMessage({
  problems,
  reconcilers,
  watches,
  unmet,
  ...plain
}: StatusView): heddle.v1.IGetStatusResponse {
  return {
    ...plain,
    uptimeSeconds: Math.floor(plain.uptimeSeconds),
    problems: [...problems],
    reconcilers: reconcilers.map(one => ({ ...one, problems: [...one.problems] })),
    watches: watches.map(one => ({ ...one })),
    unmet: unmet.map(one => ({ ...one })),
  };
}
