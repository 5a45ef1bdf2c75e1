// The connectivity test between the pods of a lab: servers in their namespaces, and Services as kube-proxy's rules make them.
import { ofFamilies } from '../../../lab/family.ts';
import { execIn } from '../../../lab/exec.ts';
import { removeServiceRules, writeServiceRules, type ServiceRules } from '../../../lab/kube-proxy.ts';
import type { Lab, LabPod } from '../../../lab/lab.ts';
import { removeObject, writeObject } from '../../../lab/manifests.ts';
import { POD_NAMESPACE } from '../../../lab/plan.ts';
import { startServer, type LabServer } from '../../../lab/serve.ts';
import { ECHO_PORT, STREAM_PORT } from '../../../loader/connectivity/attempts.ts';
import type { ConnectivityCluster } from '../../../loader/connectivity/connectivity-test.ts';
import type { ReachableHost, Service } from '../../../loader/connectivity/paths.ts';
import { ECHO_SERVER, NAME_SERVER } from '../../../loader/connectivity/programs.ts';

export interface LabHost extends ReachableHost {
  readonly netns: string;
}

export type LabCluster = ConnectivityCluster<LabHost> & AsyncDisposable;

const PODS_PER_NODE = 2;
const POD_RANGE = { ipv4: '10.244.0.0/16', ipv6: 'fd00:244::/48' } as const;
const NODE_PORT = 30_700;
/** What the lab's name server answers. */
const ANY_ADDRESS = '192.0.2.1';
const POLICY = 'connectivity';

/** Disposing it ends the servers and removes the rules. Rejects when a server cannot be started; nothing is left then. */
export async function openLabCluster(lab: Lab): Promise<LabCluster> {
  const pods = lab.nodes.flatMap(({ name }) => podsOf(lab, name));
  const nodes = lab.nodes.map(({ name, netns, addresses }) => hostOf('node', name, name, netns, addresses));
  const { netns, addresses } = lab.outside;
  const outside = { netns, name: 'outside', addresses, port: ECHO_PORT, echo: true };
  const rules = lab.nodes.flatMap((node, i) => rulesOf(lab, pods, node.name, i + 1));
  const servers: LabServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(server => server.stop()));
    for (const node of lab.nodes) await removeServiceRules(node);
  };
  const resolver = pods.at(-1);
  const resolverAddress = resolver?.addresses.find(address => !address.includes(':'));
  try {
    for (const host of [...pods, ...nodes, outside])
      servers.push(await startServer(host.netns, ECHO_SERVER, [ECHO_PORT, STREAM_PORT]));
    if (resolver !== undefined && resolverAddress !== undefined)
      servers.push(await startServer(resolver.netns, NAME_SERVER, [ANY_ADDRESS]));
    for (const node of lab.nodes) await writeServiceRules(node, 'nftables', rules);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ pods, nodes, outside, services: servicesOf(rules), nodePorts: nodePortsOf(rules, nodes) },
    name: resolverAddress === undefined ? undefined : { text: 'name.example', server: resolverAddress },
    access: { node: process.execPath, run: (host, argv, timeoutMs) => execIn(host.netns, argv, timeoutMs) },
    selectorOf: ({ name }) => ({ matchLabels: { app: name } }),
    setPolicy: spec => setPolicy(lab, spec),
    [Symbol.asyncDispose]: close,
  };
}

function podsOf(lab: Lab, node: string): LabHost[] {
  const own = lab.pods.filter(pod => pod.node === node).slice(0, PODS_PER_NODE);
  return own.map(({ name, netns, addresses }: LabPod) => hostOf('pod', name, node, netns, addresses));
}

function hostOf(
  kind: ReachableHost['kind'],
  name: string,
  node: string,
  netns: string,
  addresses: readonly string[],
): LabHost {
  return { kind, name, node, netns, addresses };
}

/** A Service for each node, whose backend is its first pod. */
function rulesOf(lab: Lab, pods: readonly LabHost[], node: string, number: number): ServiceRules[] {
  const backend = pods.find(pod => pod.node === node);
  const clusterIps = ofFamilies(
    lab.options.families,
    `10.96.255.${number}`,
    `fd96::ff:${number.toString(16)}`,
  );
  return clusterIps.flatMap(clusterIp => {
    const family = clusterIp.includes(':') ? ('ipv6' as const) : ('ipv4' as const);
    const address = backend?.addresses.find(each => each.includes(':') === (family === 'ipv6'));
    if (address === undefined) return [];
    const ports = { port: ECHO_PORT, nodePort: NODE_PORT + number };
    return [{ family, clusterIp, ...ports, podRange: POD_RANGE[family], backends: [address] }];
  });
}

function servicesOf(rules: readonly ServiceRules[]): Service[] {
  return rules.map(({ clusterIp, port }) => ({ name: clusterIp, addresses: [clusterIp], port }));
}

/** Each port at the addresses of every node, of the backend's family. */
function nodePortsOf(rules: readonly ServiceRules[], nodes: readonly LabHost[]): Service[] {
  return rules.map(({ family, nodePort }) => ({
    name: `port ${nodePort}`,
    addresses: nodes.flatMap(({ addresses }) =>
      addresses.filter(address => address.includes(':') === (family === 'ipv6')),
    ),
    port: nodePort,
  }));
}

function setPolicy(lab: Lab, spec: object | undefined): Promise<void> {
  const metadata = { name: POLICY, namespace: POD_NAMESPACE };
  if (spec === undefined) removeObject(lab, POLICY);
  else
    writeObject(lab, POLICY, {
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec },
    });
  return Promise.resolve();
}
