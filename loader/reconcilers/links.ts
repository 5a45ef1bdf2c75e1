// Reconciles links of programs on devices and in netfilter. An upgrade's new programs become active here, after their maps.
import { attachedHooks } from '../programs/pinned-links.ts';
import { guardedUplinks } from './guarded-uplinks.ts';
import { desiredLinks } from './desired-links.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function links(context: NodeContext): Reconciler {
  const { config, cells, localPods } = context;
  const desired = () =>
    desiredLinks(
      {
        uplinks: cells.uplinks.known,
        overlayIfindex: cells.overlay.known.ifindex,
        pods: localPods.all,
        closed: localPods.closed,
      },
      config,
    );
  return {
    name: 'links',
    needs: [cells.uplinks, cells.overlay, cells.localPods, cells.tables],
    announcedBy: ['link', 'bpffs'],
    isNeededByPods: true,
    sync() {
      const programs = cells.tables.known;
      try {
        notifyAll(context, programs.reconcileLinks(desired()));
      } finally {
        const attached = attachedHooks(programs.status().links);
        cells.attached.set(attached);
        cells.guardedUplinks.set(guardedUplinks(cells.uplinks.known, attached));
      }
      return config.xdp === 'auto' ? [] : [...programs.status().xdpRefusals.values()];
    },
    detectDrift: () => cells.tables.known.missing(desired()),
  };
}
