// Every call of the Kubernetes API that Heddle can make; deploy/kubernetes/heddle.yaml admits these and no other.
import { kindSpec, servedKinds, type ServedKind } from '../../model/kinds.ts';

export interface ApiCall {
  /** As RBAC names what is asked. */
  readonly verb: 'list' | 'watch' | 'patch' | 'create';
  /** '' is the core group. */
  readonly group: string;
  /** As RBAC names it, with its subresource. */
  readonly resource: string;
  readonly method: 'GET' | 'PATCH' | 'POST';
  /** `{name}` and `{namespace}` are replaced by the call's. */
  readonly path: string;
}

/** What is asked about the objects of one kind. */
export interface WatchedResource {
  readonly kind: ServedKind;
  readonly list: ApiCall;
  readonly watch: ApiCall;
  /** A CustomResourceDefinition that a cluster may be without. */
  readonly mayBeAbsent: boolean;
}

export const watchedResources: readonly WatchedResource[] = servedKinds.map(kind => {
  const { group, version, plural, served } = kindSpec(kind);
  const path = group === '' ? `/api/${version}/${plural}` : `/apis/${group}/${version}/${plural}`;
  const list: ApiCall = { verb: 'list', group, resource: plural, method: 'GET', path };
  return { kind, list, watch: { ...list, verb: 'watch' }, mayBeAbsent: served === 'if-installed' };
});

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
  ...watchedResources.flatMap(({ list, watch }) => [list, watch]),
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
