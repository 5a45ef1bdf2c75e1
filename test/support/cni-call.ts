// Single calls of the real plugin against a lab node's real daemon, with everything open to change.
import { networkConfig } from '../../lab/cni.ts';
import type { NodePlan, PodPlan } from '../../lab/plan.ts';
import { runPlugin, type PluginError, type PluginRun } from '../e2e/cni-plugin/plugin.ts';

export interface CniCall {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly config?: Readonly<Record<string, unknown>>;
  /** In place of the configuration. */
  readonly stdin?: string;
}

/** `command` for a pod of the lab, as its runtime would say it unless `call` says otherwise. */
export function callCni(
  command: string,
  node: NodePlan,
  pod: PodPlan,
  call: CniCall = {},
): Promise<PluginRun> {
  const env = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: pod.containerId,
    CNI_NETNS: pod.netns,
    CNI_IFNAME: pod.ifname,
    CNI_PATH: '/opt/cni/bin',
    CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${pod.namespace};K8S_POD_NAME=${pod.name};K8S_POD_UID=${pod.uid}`,
    ...call.env,
  };
  return runPlugin(env, call.stdin ?? JSON.stringify({ ...networkConfig(node), ...call.config }));
}

export function errorOf({ stdout }: PluginRun): PluginError {
  return JSON.parse(stdout) as PluginError;
}
