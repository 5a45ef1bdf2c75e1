// The resources that the stand-in for kubectl serves, and what discovery says of them.

export interface Resource {
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
}

const CORE: readonly Resource[] = [
  { name: 'nodes', singular: 'node', kind: 'Node', isNamespaced: false },
  { name: 'namespaces', singular: 'namespace', kind: 'Namespace', isNamespaced: false },
  { name: 'pods', singular: 'pod', kind: 'Pod', isNamespaced: true },
  { name: 'services', singular: 'service', kind: 'Service', isNamespaced: true },
  { name: 'configmaps', singular: 'configmap', kind: 'ConfigMap', isNamespaced: true },
  { name: 'events', singular: 'event', kind: 'Event', isNamespaced: true },
];
const GROUPS: Readonly<Record<string, readonly Resource[]>> = {
  'apps/v1': [{ name: 'daemonsets', singular: 'daemonset', kind: 'DaemonSet', isNamespaced: true }],
  'networking.k8s.io/v1': [
    { name: 'networkpolicies', singular: 'networkpolicy', kind: 'NetworkPolicy', isNamespaced: true },
  ],
};

const ALL = [...CORE, ...Object.values(GROUPS).flat()];
const VERBS = ['create', 'delete', 'get', 'list', 'watch'];

export interface RequestedResource {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Undefined: the path is none of a resource that is served. */
export function requestedResource(path: string): RequestedResource | undefined {
  const form =
    /^\/api(?:\/v1|s\/[\w.]+\/\w+)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?(?:\/([a-z]+))?$/;
  const [, namespace, plural, name, subresource] = form.exec(path) ?? [];
  const resource = ALL.find(each => each.name === plural);
  return resource === undefined ? undefined : { resource, namespace, name, subresource };
}

/** Undefined: the path is none of discovery's. */
export function discovered(path: string): object | undefined {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  if (path === '/apis')
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: Object.keys(GROUPS).map(groupOf) };
  if (path === '/api/v1') return resourceList('v1', CORE);
  const group = path.replace('/apis/', '');
  return GROUPS[group] === undefined ? undefined : resourceList(group, GROUPS[group]);
}

function groupOf(groupVersion: string): object {
  const [name = '', version = ''] = groupVersion.split('/');
  const preferredVersion = { groupVersion, version };
  return { name, versions: [preferredVersion], preferredVersion };
}

function resourceList(groupVersion: string, resources: readonly Resource[]): object {
  return {
    ...{ kind: 'APIResourceList', apiVersion: 'v1', groupVersion },
    resources: resources.map(({ name, singular, kind, isNamespaced }) => ({
      ...{ name, kind, verbs: VERBS, namespaced: isNamespaced, singularName: singular },
    })),
  };
}
