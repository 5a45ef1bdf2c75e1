// A chain of CNI plugins as a runtime runs it: Heddle's first, then Debian's, each given what came before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtFile } from '../../lab/installation.ts';
import type { NodePlan, PodPlan } from '../../lab/plan.ts';

/** Debian's containernetworking-plugins speak no later version. */
const CNI_VERSION = '1.0.0';
const DEBIAN_PLUGINS = '/usr/lib/cni';

export interface ChainedPlugin {
  readonly type: string;
  /** Of the network's configuration and the runtime's, for this plugin. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Runs the verb through the chain, backwards for DEL; the last result. Throws what a plugin says against it. */
export async function runChain(
  command: 'ADD' | 'CHECK' | 'DEL',
  node: NodePlan,
  pod: PodPlan,
  plugins: readonly ChainedPlugin[],
  prevResult?: unknown,
): Promise<unknown> {
  const all = [{ type: 'heddle-cni', config: { socket: node.socket } }, ...plugins];
  let result = prevResult;
  for (const plugin of command === 'DEL' ? all.toReversed() : all) {
    const isFirst = plugin.type === 'heddle-cni';
    const passed = command === 'ADD' && isFirst ? undefined : result;
    const answer = await runPlugin(command, node, pod, { plugin, prevResult: passed });
    if (command === 'ADD') result = answer;
  }
  return result;
}

async function runPlugin(
  command: string,
  node: NodePlan,
  pod: PodPlan,
  { plugin, prevResult }: { plugin: ChainedPlugin; prevResult: unknown },
): Promise<unknown> {
  const { type, config } = plugin;
  const path = type === 'heddle-cni' ? builtFile(type) : `${DEBIAN_PLUGINS}/${type}`;
  const child = spawn('nsenter', [`--net=${node.netns}`, path], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      CNI_COMMAND: command,
      CNI_CONTAINERID: pod.containerId,
      CNI_NETNS: pod.netns,
      CNI_IFNAME: pod.ifname,
      CNI_PATH: DEBIAN_PLUGINS,
      CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${pod.namespace};K8S_POD_NAME=${pod.name};K8S_POD_UID=${pod.uid}`,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(
    JSON.stringify({
      cniVersion: CNI_VERSION,
      name: 'chain',
      type,
      ...config,
      ...(prevResult !== undefined && { prevResult }),
    }),
  );
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw new Error(`${command} of ${type} ended with ${code ?? 'a signal'}: ${stdout}${stderr}`);
  return stdout === '' ? undefined : (JSON.parse(stdout) as unknown);
}
