// Reconciles sysctls: forwarding, and accept_ra, without which a forwarding node loses its own routes.
import { isIpv4Cidr } from 'ip';
import { forwardingSysctls, isForwarding, reconcileSysctls, requirePodSysctls } from '../network/sysctls.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function forwarding(context: NodeContext): Reconciler {
  const { config, socket, cells, localPods } = context;
  const uplinkNames = (): string[] => (cells.uplinks.value ?? []).map(({ name }) => name);
  return {
    name: 'forwarding',
    needs: [],
    watches: [cells.uplinks, cells.overlay, cells.localPods],
    announcedBy: ['link', 'route'],
    isNeededByPods: true,
    sync() {
      const pods = localPods.all.map(({ attachment }) => attachment.hostInterface);
      const desired = forwardingSysctls(socket, [...uplinkNames(), ...pods]);
      notifyAll(context, reconcileSysctls(desired, socket.netns));
      const podCidrs = context.cluster().nodes.get(config.nodeName)?.podCidrs ?? [];
      if (!podCidrs.every(isIpv4Cidr)) requirePodSysctls(socket.netns);
      return [];
    },
    // Not of each pod's device: a file a pod would be read every second.
    detectDrift: () =>
      isForwarding(socket.netns, [...uplinkNames(), config.overlayDevice]) ? [] : ['forwarding'],
  };
}
