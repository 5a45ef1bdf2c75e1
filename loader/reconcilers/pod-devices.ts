// Reconciles host ends of pods' veths: up, with the gateway's MAC, once their programs are attached.
import { listLinks } from 'rtnetlink';
import { gatewayMac } from '../model/derived-macs.ts';
import type { LocalPod } from '../model/tables-input.ts';
import { reconcilePodLinks } from '../network/pod-links.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function podDevices(context: NodeContext): Reconciler {
  const { config, socket, cells, localPods } = context;
  const isGuarded = ({ ifindex }: LocalPod): boolean =>
    cells.attached.known.has(`pod_tx ${ifindex}`) && cells.attached.known.has(`pod_rx ${ifindex}`);
  return {
    name: 'pod-devices',
    needs: [cells.localPods, cells.attached],
    announcedBy: ['link'],
    isNeededByPods: false,
    sync() {
      const ends = localPods.all
        .filter(({ attachment }) => attachment.netns !== undefined) // the caller manages interfaces that it created
        .filter(isGuarded)
        .map(({ ifindex }) => ({ ifindex, gatewayMac: gatewayMac(config.nodeName) }));
      notifyAll(context, reconcilePodLinks(socket, ends));
      const down = new Set(
        listLinks(socket)
          .filter(link => !link.up)
          .map(link => link.index),
      );
      return localPods.all.filter(({ ifindex }) => down.has(ifindex)).map(downProblem);
    },
  };
}

function downProblem({ attachment: { hostInterface, containerId } }: LocalPod): string {
  return `the interface ${hostInterface} of container ${containerId} is down, so the pod is unreachable: set it up (ip link set ${hostInterface} up)`;
}
