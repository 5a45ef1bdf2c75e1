// The kinds of objects that Heddle reads: one row each, from which follows whatever must know all of them.
//
// A kind that is added to `ObjectKind` does not compile before it has a row here, its model (`objects.ts`) and its reader
// (`sources/objects/object-readers.ts`). Decoding, watches and RBAC, keys in etcd, heddlectl's words follow from the row
// (decision 23).

export type ObjectKind =
  | 'Node'
  | 'Namespace'
  | 'Pod'
  | 'PodAddresses'
  | 'NetworkPolicy'
  | 'ClusterNetworkPolicy'
  | 'Service'
  | 'EndpointSlice';

export interface KindSpec {
  /** API group; '' is Kubernetes' core. */
  readonly group: string;
  readonly version: string;
  /** As REST paths, RBAC and kubectl name it. */
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly scope: 'cluster' | 'namespace';
  /** Part of `ClusterState` that holds its objects; undefined: they add to objects of another kind. */
  readonly collection: string | undefined;
  /** Which API servers have it: all, those with its CustomResourceDefinition, none. */
  readonly served: 'always' | 'if-installed' | 'never';
  /** Who writes it into etcd: people (`heddlectl cluster apply`), or each node its own. */
  readonly author: 'operator' | 'node';
  /** What a change of it may concern: tables and routes, which the reconcilers write, or policy or Services alone. */
  readonly concerns: 'dataplane' | 'policy' | 'services';
}

export const KINDS = {
  Node: {
    group: '',
    version: 'v1',
    plural: 'nodes',
    shortNames: ['no'],
    scope: 'cluster',
    collection: 'nodes',
    served: 'always',
    author: 'node',
    concerns: 'dataplane',
  },
  Namespace: {
    group: '',
    version: 'v1',
    plural: 'namespaces',
    shortNames: ['ns'],
    scope: 'cluster',
    collection: 'namespaces',
    served: 'always',
    author: 'operator',
    concerns: 'policy',
  },
  Pod: {
    group: '',
    version: 'v1',
    plural: 'pods',
    shortNames: ['po'],
    scope: 'namespace',
    collection: 'pods',
    served: 'always',
    author: 'operator',
    concerns: 'dataplane',
  },
  /** What a node that assigned a pod's addresses publishes, where no kubelet writes `status.podIPs`. */
  PodAddresses: {
    group: 'heddle.dev',
    version: 'v1',
    plural: 'podaddresses',
    shortNames: [],
    scope: 'namespace',
    collection: undefined,
    served: 'never',
    author: 'node',
    concerns: 'dataplane',
  },
  NetworkPolicy: {
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'networkpolicies',
    shortNames: ['netpol'],
    scope: 'namespace',
    collection: 'policies',
    served: 'always',
    author: 'operator',
    concerns: 'policy',
  },
  ClusterNetworkPolicy: {
    group: 'policy.networking.k8s.io',
    version: 'v1alpha2',
    plural: 'clusternetworkpolicies',
    shortNames: ['cnp'],
    scope: 'cluster',
    collection: 'policies',
    served: 'if-installed',
    author: 'operator',
    concerns: 'policy',
  },
  Service: {
    group: '',
    version: 'v1',
    plural: 'services',
    shortNames: ['svc'],
    scope: 'namespace',
    collection: 'services',
    served: 'always',
    author: 'operator',
    concerns: 'services',
  },
  EndpointSlice: {
    group: 'discovery.k8s.io',
    version: 'v1',
    plural: 'endpointslices',
    shortNames: [],
    scope: 'namespace',
    collection: 'endpointSlices',
    served: 'always',
    author: 'operator',
    concerns: 'services',
  },
} as const satisfies Record<ObjectKind, KindSpec>;

type Rows = typeof KINDS;

export type Collection = NonNullable<Rows[keyof Rows]['collection']>;

/** The kinds whose rows have that value. */
type KindWith<Field extends keyof KindSpec, Value> = {
  [K in keyof Rows]: Rows[K][Field] extends Value ? K : never;
}[keyof Rows];

export type KindIn<C extends Collection> = KindWith<'collection', C>;
export type PolicyKind = KindIn<'policies'>;
export type ServedKind = KindWith<'served', 'always' | 'if-installed'>;
/** Collections that tables and routes depend on. */
export type DataplaneCollection = NonNullable<Rows[KindWith<'concerns', 'dataplane'>]['collection']>;

export const objectKinds = Object.keys(KINDS) as readonly ObjectKind[];
export const collections = [
  ...new Set(objectKinds.flatMap(kind => kindSpec(kind).collection ?? [])),
] as readonly Collection[];
/** Those with objects of several kinds. */
const shared: ReadonlySet<string> = new Set(collections.filter(each => kindsIn(each).length > 1));
export const policyKinds = kindsIn('policies');
export const dataplaneCollections = collections.filter((collection): collection is DataplaneCollection =>
  kindsIn(collection).some(kind => kindSpec(kind).concerns === 'dataplane'),
);
export const servedKinds = objectKinds.filter(
  (kind): kind is ServedKind => kindSpec(kind).served !== 'never',
);
/** Kinds that an operator writes; the others are written by nodes. */
export const operatorKinds = objectKinds.filter(kind => kindSpec(kind).author === 'operator');

export function kindSpec(kind: ObjectKind): KindSpec {
  return KINDS[kind];
}

/** Undefined: Heddle does not read that kind. */
export function kindNamed(name: string): ObjectKind | undefined {
  return objectKinds.find(kind => kind === name);
}

export function kindsIn<C extends Collection>(collection: C): readonly KindIn<C>[] {
  return objectKinds.filter((kind): kind is KindIn<C> => kindSpec(kind).collection === collection);
}

export function isPolicyKind(kind: ObjectKind): kind is PolicyKind {
  return kindSpec(kind).collection === 'policies';
}

/** 'v1', 'networking.k8s.io/v1'. */
export function apiVersionOf(kind: ObjectKind): string {
  const { group, version } = kindSpec(kind);
  return group === '' ? version : `${group}/${version}`;
}

/** What an object of that kind begins with. */
export function typeMeta(kind: ObjectKind): { readonly apiVersion: string; readonly kind: ObjectKind } {
  return { apiVersion: apiVersionOf(kind), kind };
}

export const DEFAULT_NAMESPACE = 'default';

export interface ObjectName {
  /** Absent or empty: the default one, if the kind has namespaces. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** 'namespace/name', or 'name' of a kind without namespaces. */
export function qualifiedName(kind: ObjectKind, { namespace, name }: ObjectName): string {
  if (kindSpec(kind).scope === 'cluster') return name;
  return `${namespace ? namespace : DEFAULT_NAMESPACE}/${name}`;
}

/** What an object is found by in its collection: kinds that share one differ by their names. */
export function objectKey(kind: ObjectKind, name: ObjectName): string {
  const { collection } = kindSpec(kind);
  const qualified = qualifiedName(kind, name);
  return collection !== undefined && shared.has(collection) ? `${kind} ${qualified}` : qualified;
}
