// Reconciles the overlay device's up state: up only while overlay_rx is attached, which validates decapsulated packets.
import { getLink } from 'rtnetlink';
import { pinnedLinksOf } from '../programs/pinned-links.ts';
import { setOverlayDeviceDown, setOverlayDeviceUp } from '../network/overlay-device.ts';
import { isOverlayLink } from '../network/overlay-link.ts';
import { desiredOverlay } from './desired-overlay.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

/** Asks the kernel whether overlay_rx is attached, since the reconciler `links` may have failed or wait. */
export function overlayState(context: NodeContext): Reconciler {
  const { config, socket, cells } = context;
  const { overlayDevice: name, pinRoot } = config;
  const isPinned = (ifindex: number): boolean =>
    pinnedLinksOf(pinRoot, name).some(
      link => link.hook === 'overlay_rx' && link.programId !== 0 && link.ifindex === ifindex,
    );
  // Pins that cannot be seen say nothing.
  const isGuarded = (ifindex = 0): boolean =>
    isPinned(ifindex) || cells.programs.value?.isAttached('overlay_rx', ifindex) === true;
  const unguarded = `${name} stays down: overlay_rx is not attached to it`;
  return {
    name: 'overlay-state',
    needs: [cells.overlay],
    watches: [cells.attached, cells.nodes],
    announcedBy: ['link', 'address', 'bpffs'],
    isNeededByPods: true,
    sync() {
      if (!isGuarded(getLink(socket, name)?.index)) {
        notifyAll(context, setOverlayDeviceDown(socket, name));
        throw new Error(unguarded);
      }
      const { changes, problems } = setOverlayDeviceUp(
        socket,
        desiredOverlay(context, cells.overlay.known.kind),
      );
      notifyAll(context, changes);
      return problems;
    },
    guard() {
      const link = getLink(socket, name);
      if (link === undefined || !isOverlayLink(link) || isGuarded(link.index)) return [];
      notifyAll(context, setOverlayDeviceDown(socket, name));
      return [unguarded];
    },
    detectDrift: () => (isGuarded(cells.overlay.known.ifindex) ? [] : [`overlay_rx on ${name}`]),
  };
}
