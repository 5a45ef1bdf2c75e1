// Reconciles the overlay device, except its up state and addresses, which overlay-state.ts does.
import { prepareOverlayDevice } from '../network/overlay-device.ts';
import { absentVxlan, desiredOverlay, OverlayKindChoice } from './desired-overlay.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function overlayDevice(context: NodeContext): Reconciler {
  const { config, socket, cells } = context;
  const choice = new OverlayKindChoice();
  return {
    name: 'overlay-device',
    needs: [cells.nodes, cells.uplinks],
    announcedBy: ['link'],
    isNeededByPods: true,
    sync() {
      const kind = choice.of(socket, config);
      const { ifindex, changes, problems } = prepareOverlayDevice(socket, desiredOverlay(context, kind));
      notifyAll(context, changes);
      cells.overlay.set({ ifindex, kind });
      return [...absentVxlan(kind, config), ...problems];
    },
  };
}
