// Every call of the Kubernetes API that Heddle can make; deploy/kubernetes/heddle.yaml admits these and no other.

export interface ApiCall {
  /** As RBAC names what is asked. */
  readonly verb: 'list' | 'watch' | 'patch' | 'create';
  /** '' is the core group. */
  readonly group: '' | 'networking.k8s.io' | 'policy.networking.k8s.io' | 'events.k8s.io';
  /** As RBAC names it, with its subresource. */
  readonly resource: string;
  readonly method: 'GET' | 'PATCH' | 'POST';
  /** `{name}` and `{namespace}` stand for what the call says. */
  readonly path: string;
}

export type WatchedKind = 'Node' | 'Namespace' | 'Pod' | 'NetworkPolicy' | 'ClusterNetworkPolicy';

export interface WatchedResource {
  readonly kind: WatchedKind;
  /** The server leaves it out of the items of a list. */
  readonly apiVersion: string;
  readonly list: ApiCall;
  readonly watch: ApiCall;
  /** A CustomResourceDefinition that a cluster may be without. */
  readonly mayBeAbsent: boolean;
}

export const watchedResources: Readonly<Record<WatchedKind, WatchedResource>> = {
  Node: watched('Node', '', 'v1', 'nodes'),
  Namespace: watched('Namespace', '', 'v1', 'namespaces'),
  Pod: watched('Pod', '', 'v1', 'pods'),
  NetworkPolicy: watched('NetworkPolicy', 'networking.k8s.io', 'v1', 'networkpolicies'),
  ClusterNetworkPolicy: {
    ...watched('ClusterNetworkPolicy', 'policy.networking.k8s.io', 'v1alpha2', 'clusternetworkpolicies'),
    mayBeAbsent: true,
  },
};

export const patchNode: ApiCall = {
  verb: 'patch',
  group: '',
  resource: 'nodes',
  method: 'PATCH',
  path: '/api/v1/nodes/{name}',
};

export const patchNodeStatus: ApiCall = {
  ...patchNode,
  resource: 'nodes/status',
  path: '/api/v1/nodes/{name}/status',
};

export const createEvent: ApiCall = {
  verb: 'create',
  group: 'events.k8s.io',
  resource: 'events',
  method: 'POST',
  path: '/apis/events.k8s.io/v1/namespaces/{namespace}/events',
};

export const apiCalls: readonly ApiCall[] = [
  ...Object.values(watchedResources).flatMap(({ list, watch }) => [list, watch]),
  patchNode,
  patchNodeStatus,
  createEvent,
];

/** 'networkpolicies.networking.k8s.io', as kubectl names it. */
export function resourceName({ resource, group }: ApiCall): string {
  return group === '' ? resource : `${resource}.${group}`;
}

export function pathOf(call: ApiCall, names: Readonly<Record<string, string>> = {}): string {
  return call.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? ''));
}

function watched(
  kind: WatchedKind,
  group: ApiCall['group'],
  version: string,
  resource: string,
): WatchedResource {
  const path = group === '' ? `/api/${version}/${resource}` : `/apis/${group}/${version}/${resource}`;
  const list: ApiCall = { verb: 'list', group, resource, method: 'GET', path };
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { kind, apiVersion, list, watch: { ...list, verb: 'watch' }, mayBeAbsent: false };
}
