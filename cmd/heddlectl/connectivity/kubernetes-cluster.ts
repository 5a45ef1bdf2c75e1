// The connectivity test in a Kubernetes cluster: its objects, where they have come to run, and programs inside them.
import type { ConnectivityCluster } from '../../../loader/connectivity/connectivity-test.ts';
import type { RunOutcome } from '../../../loader/connectivity/attempts.ts';
import type { Reachable, ReachableHost, Service } from '../../../loader/connectivity/paths.ts';
import type { Kubectl } from './kubectl.ts';
import {
  hostObjects,
  namespaceObject,
  policyName,
  policyObject,
  ROLE_LABEL,
  selectorOf,
} from './kubernetes-objects.ts';

export interface KubernetesTest {
  readonly namespace: string;
  /** Node and ping are in it. */
  readonly image: string;
  /** `address:port` of a server of TCP outside; undefined: the path is left out. */
  readonly outside: { readonly address: string; readonly port: number } | undefined;
  /** Resolved in every pod; undefined: the path is left out. */
  readonly name: string | undefined;
  readonly limitMs: number;
}

export type KubernetesCluster = ConnectivityCluster<ReachableHost>;

interface PodObject {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly podIPs?: readonly { readonly ip: string }[] };
}

interface ServiceObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly clusterIPs?: readonly string[];
    readonly ports: readonly {
      readonly protocol: string;
      readonly port: number;
      readonly nodePort?: number;
    }[];
  };
}

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Ready nodes that are not cordoned, by name. */
export async function testableNodes(kubectl: Kubectl): Promise<string[]> {
  const nodes = await kubectl.list<NodeObject>(['get', 'nodes']);
  const isTestable = ({ spec, status }: NodeObject): boolean =>
    spec?.unschedulable !== true &&
    status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
  return nodes
    .filter(isTestable)
    .map(({ metadata }) => metadata.name)
    .sort();
}

/** Rejects when it is there already: its objects were not created here, and stay. */
export async function createNamespace(kubectl: Kubectl, namespace: string): Promise<void> {
  await create(kubectl, [namespaceObject(namespace)]);
}

/** Creates the objects in the namespace and waits for the pods. */
export async function openKubernetesCluster(
  kubectl: Kubectl,
  nodes: readonly string[],
  test: KubernetesTest,
): Promise<KubernetesCluster> {
  const { namespace, image, limitMs } = test;
  const tested = nodes.map((name, i) => ({ name, number: i + 1 }));
  await create(kubectl, hostObjects(namespace, image, tested));
  const ready = ['wait', 'pods', '--all', '--for', 'condition=Ready', '--timeout', `${limitMs / 1_000}s`];
  await kubectl.ask(['--namespace', namespace, ...ready], { limitMs: 2 * limitMs });
  return {
    ...(await reachable(kubectl, test)),
    access: { node: 'node', run: (host, argv, ms) => execInPod(kubectl, namespace, host.name, argv, ms) },
    selectorOf: ({ name }) => selectorOf(name),
    setPolicy: spec => setPolicy(kubectl, namespace, spec),
  };
}

/** With everything in it; does not wait for its end. */
export async function removeNamespace(kubectl: Kubectl, namespace: string): Promise<void> {
  await kubectl.ask(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']);
}

async function reachable(
  kubectl: Kubectl,
  { namespace, outside, name }: KubernetesTest,
): Promise<Reachable<ReachableHost>> {
  const pods = await kubectl.list<PodObject>(['--namespace', namespace, 'get', 'pods']);
  const services = await kubectl.list<ServiceObject>(['--namespace', namespace, 'get', 'services']);
  const hosts = pods.map(hostOf);
  const nodes = hosts.filter(({ kind }) => kind === 'node');
  return {
    pods: hosts.filter(({ kind }) => kind === 'pod'),
    nodes,
    services: services.flatMap(servicesOf),
    nodePorts: services.flatMap(service => nodePortsOf(service, nodes)),
    outside:
      outside === undefined
        ? undefined
        : { name: 'outside', addresses: [outside.address], port: outside.port, echo: false },
    name: name === undefined ? undefined : { text: name },
  };
}

function hostOf({ metadata, spec, status }: PodObject): ReachableHost {
  const kind = metadata.labels[ROLE_LABEL] === 'node' ? 'node' : 'pod';
  const addresses = status.podIPs?.map(({ ip }) => ip) ?? [];
  return { kind, name: metadata.name, node: spec.nodeName, addresses };
}

function servicesOf({ metadata, spec }: ServiceObject): Service[] {
  const [port] = spec.ports;
  const { name } = metadata;
  return port === undefined ? [] : [{ name, addresses: spec.clusterIPs ?? [], port: port.port }];
}

/** Each protocol may have a port of its own, at the addresses of the nodes of the Service's families. */
function nodePortsOf({ metadata, spec }: ServiceObject, nodes: readonly ReachableHost[]): Service[] {
  const hasFamily = (address: string): boolean =>
    spec.clusterIPs?.some(ip => ip.includes(':') === address.includes(':')) === true;
  const addresses = nodes.flatMap(node => node.addresses).filter(hasFamily);
  return spec.ports.flatMap(({ nodePort, protocol }) =>
    nodePort === undefined
      ? []
      : [
          {
            ...{ name: `${metadata.name} port ${nodePort}`, addresses, port: nodePort },
            protocols: [protocol === 'UDP' ? ('udp' as const) : ('tcp' as const)],
          },
        ],
  );
}

async function execInPod(
  kubectl: Kubectl,
  namespace: string,
  pod: string,
  argv: readonly string[],
  limitMs: number,
): Promise<RunOutcome> {
  const words = ['--namespace', namespace, 'exec', pod, '--', ...argv];
  const { status, stdout, stderr } = await kubectl.run(words, { limitMs });
  return { code: status ?? -1, stdout, stderr };
}

async function setPolicy(kubectl: Kubectl, namespace: string, spec: object | undefined): Promise<void> {
  await kubectl.ask(['--namespace', namespace, 'delete', policyName, '--ignore-not-found']);
  if (spec !== undefined) await create(kubectl, [policyObject(namespace, spec)]);
}

/** The API server validates them itself. */
async function create(kubectl: Kubectl, items: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await kubectl.ask(['create', '--validate=false', '--filename', '-'], { input });
}
