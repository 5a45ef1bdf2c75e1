// A lab as kubectl's cluster: a Pod that is created becomes a pod of the lab, a Service rules, a policy a manifest.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeServiceRules, type ServiceRules } from '../../../lab/kube-proxy.ts';
import { nodeNamed, type Lab, type LabPod } from '../../../lab/lab.ts';
import { removeObject, writeObject } from '../../../lab/manifests.ts';
import { planPod } from '../../../lab/plan.ts';
import { addPod, deletePod } from '../../../lab/pods.ts';
import type { ClusterObject, Kubelet } from './kubectl-server.ts';

interface PodSpec {
  readonly nodeName: string;
  readonly hostNetwork?: boolean;
  readonly containers: readonly { readonly command: readonly string[] }[];
}

interface ServiceSpec {
  readonly selector: { readonly app: string };
  readonly ports: readonly { readonly port: number }[];
}

interface RunningPod {
  readonly netns: string;
  readonly addresses: readonly string[];
  readonly server: ChildProcess;
  /** Absent: the node's own network. */
  readonly pod?: LabPod;
}

const POD_RANGE = { ipv4: '10.244.0.0/16', ipv6: 'fd00:244::/48' } as const;
/** Of the pods that are created: the lab's own are below. */
const FIRST_NUMBER = 100;
const NODE_PORT = 31_000;

export class LabKubelet implements Pick<Kubelet, 'execIn' | 'create' | 'remove'> {
  readonly #lab: Lab;
  readonly #pods = new Map<string, RunningPod>();
  #rules: ServiceRules[] = [];
  #number = FIRST_NUMBER;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  get running(): number {
    return this.#pods.size;
  }

  readonly execIn = (namespace: string, name: string, argv: readonly string[]): string[] | undefined => {
    const pod = this.#pods.get(`${namespace}/${name}`);
    return pod && [...inside(pod.netns), ...ofThisMachine(argv)];
  };

  readonly create = async (object: ClusterObject): Promise<ClusterObject> => {
    if (object.kind === 'Pod') return this.#createPod(object);
    if (object.kind === 'Service') return this.#createService(object);
    writeObject(this.#lab, manifestOf(object), object);
    return object;
  };

  readonly remove = async (object: ClusterObject): Promise<void> => {
    if (object.kind !== 'Pod') {
      removeObject(this.#lab, manifestOf(object));
      return;
    }
    const key = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const { server, pod } = this.#pods.get(key) ?? {};
    this.#pods.delete(key);
    if (server !== undefined) await ended(server);
    if (pod !== undefined) await deletePod(this.#lab, pod);
  };

  async #createPod(object: ClusterObject): Promise<ClusterObject> {
    const { name, namespace = '', labels = {} } = object.metadata;
    const spec = object['spec'] as PodSpec;
    const node = nodeNamed(this.#lab, spec.nodeName);
    const plan = { ...planPod(this.#lab.options, node.name, this.#number++), name, namespace };
    const pod = spec.hostNetwork === true ? undefined : await addPod(this.#lab, plan, labels);
    const { netns, addresses } = pod ?? node;
    const [command = '', ...words] = [...inside(netns), ...ofThisMachine(spec.containers[0]?.command ?? [])];
    const server = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#pods.set(`${namespace}/${name}`, { netns, addresses, server, ...(pod && { pod }) });
    await once(server.stdout, 'data');
    const status = {
      podIPs: addresses.map(ip => ({ ip })),
      conditions: [{ type: 'Ready', status: 'True' }],
    };
    return { ...object, status };
  }

  /** Its backend is the one pod that it selects. */
  async #createService(object: ClusterObject): Promise<ClusterObject> {
    const spec = object['spec'] as ServiceSpec;
    const backend = this.#pods.get(`${object.metadata.namespace ?? ''}/${spec.selector.app}`);
    const number = this.#rules.length / 2 + 1;
    const clusterIPs = [`10.96.100.${number}`, `fd96::100:${number}`];
    const [port = { port: 0 }] = spec.ports;
    this.#rules.push(
      ...clusterIPs.flatMap((clusterIp): ServiceRules[] => {
        const family = clusterIp.includes(':') ? 'ipv6' : 'ipv4';
        const address = backend?.addresses.find(each => each.includes(':') === (family === 'ipv6'));
        const ports = { port: port.port, nodePort: NODE_PORT + number };
        return address === undefined
          ? []
          : [{ family, clusterIp, ...ports, podRange: POD_RANGE[family], backends: [address] }];
      }),
    );
    for (const node of this.#lab.nodes) await writeServiceRules(node, 'iptables', this.#rules);
    const ports = spec.ports.map(each => ({ ...each, nodePort: NODE_PORT + number }));
    return { ...object, spec: { ...spec, clusterIPs, ports } };
  }
}

/** The image's `node` is this process's. */
function ofThisMachine([program = '', ...words]: readonly string[]): string[] {
  return [program === 'node' ? process.execPath : program, ...words];
}

function inside(netns: string): string[] {
  return ['nsenter', `--net=${netns}`];
}

function manifestOf({ kind, metadata }: ClusterObject): string {
  return `${kind.toLowerCase()}-${metadata.name}`;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
