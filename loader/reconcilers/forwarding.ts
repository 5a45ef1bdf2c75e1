// Reconciles sysctls: forwarding, and accept_ra, without which a forwarding node loses its own routes.
import { forwardingSysctls, isForwarding, reconcileSysctls } from '../network/sysctls.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function forwarding(context: NodeContext): Reconciler {
  const { socket } = context;
  return {
    name: 'forwarding',
    needs: [],
    announcedBy: ['link', 'route'],
    isNeededByPods: true,
    sync() {
      notifyAll(context, reconcileSysctls(forwardingSysctls(socket), socket.netns));
      return [];
    },
    detectDrift: () => (isForwarding(socket.netns) ? [] : ['forwarding']),
  };
}
