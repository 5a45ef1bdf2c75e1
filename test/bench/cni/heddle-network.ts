// Heddle's plugin and a real daemon: a lab of one node whose pods' objects are known before the plugin is called.
import { labDown } from '../../../lab/down.ts';
import { builtFile } from '../../../lab/installation.ts';
import { networkConfig } from '../../../lab/cni.ts';
import { writePod } from '../../../lab/manifests.ts';
import { DEFAULT_OPTIONS, planPod } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';
import { podMaker, type CniNetwork } from './cni-network.ts';

/** Pods that can be there at the same time: as many objects are written. */
export async function openHeddleNetwork(
  name: string,
  slots: number,
  signal: AbortSignal,
): Promise<CniNetwork> {
  await labDown(name);
  const lab = await labUp(
    {
      ...DEFAULT_OPTIONS,
      ...{ name, nodes: 1, podsPerNode: 0, families: 'ipv4', underlayFamilies: 'ipv4' },
      config: { ipam: { reuseDelaySeconds: 0 } }, // a round's addresses are free again for the next one
    },
    { signal },
  );
  const [node] = lab.nodes;
  if (node === undefined) throw new RangeError('the lab has no node');
  const plans = Array.from({ length: slots }, (_, i) => planPod(lab.options, node.name, i + 1));
  for (const plan of plans) writePod(lab, plan);
  const program = builtFile('heddle-cni');
  const config = JSON.stringify(networkConfig(node));
  return {
    nodeNetns: node.netns,
    newPods: podMaker(`hd-${name}-x`),
    call: ({ slot, containerId, netns }, command) => {
      const { namespace = '', name: podName = '' } = plans[slot - 1] ?? {};
      const environment = {
        CNI_COMMAND: command,
        CNI_CONTAINERID: containerId,
        CNI_NETNS: netns,
        CNI_IFNAME: 'eth0',
        CNI_PATH: '/opt/cni/bin',
        CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${podName}`,
      };
      return { program, environment, config };
    },
    [Symbol.asyncDispose]: () => labDown(name),
  };
}
