// Creates pods of a lab: a namespace each, and the real plugin called as a container runtime calls it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtFile } from './installation.ts';
import { addNetns, removeNetns } from './iproute.ts';
import { labLimits } from './limits.ts';
import type { NodePlan, PodPlan } from './plan.ts';

export interface CniResult {
  readonly ips: readonly { readonly address: string }[];
  readonly interfaces: readonly { readonly name: string; readonly mac: string; readonly sandbox?: string }[];
}

export interface PluginOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Makes the pod's namespace and adds it; on failure the namespace is removed. */
export async function addPodInterface(node: Pick<NodePlan, 'socket'>, pod: PodPlan): Promise<CniResult> {
  addNetns(pod.netns);
  const outcome = await callPlugin(node, pod, 'ADD');
  if (outcome.code === 0) return JSON.parse(outcome.stdout) as CniResult;
  removeNetns(pod.netns);
  throw new Error(`ADD of ${pod.name} failed: ${outcome.stdout.trim()}${outcome.stderr.trim()}`);
}

export async function deletePodInterface(node: NodePlan, pod: PodPlan): Promise<void> {
  const outcome = await callPlugin(node, pod, 'DEL');
  removeNetns(pod.netns);
  if (outcome.code !== 0) throw new Error(`DEL of ${pod.name} failed: ${outcome.stdout.trim()}`);
}

/** One run of the plugin; the runtime's part of the environment, and the network's configuration on stdin. */
export async function callPlugin(
  node: Pick<NodePlan, 'socket'>,
  pod: PodPlan,
  command: string,
): Promise<PluginOutcome> {
  const child = spawn(builtFile('heddle-cni'), [], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: pod.containerId,
      CNI_NETNS: pod.netns,
      CNI_IFNAME: pod.ifname,
      CNI_PATH: '/opt/cni/bin',
      CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${pod.namespace};K8S_POD_NAME=${pod.name};K8S_POD_UID=${pod.uid}`,
    },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  child.stdin.end(JSON.stringify(networkConfig(node)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, ...output };
}

export function networkConfig(node: Pick<NodePlan, 'socket'>): object {
  const timeoutSeconds = Math.ceil(labLimits().plugin / 1_000);
  return { cniVersion: '1.1.0', name: 'heddle', type: 'heddle-cni', socket: node.socket, timeoutSeconds };
}
