// Programs on devices and in netfilter. New programs take the old ones' place here, once all their maps are written.
import type { Datapath } from '../programs/programs.ts';
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
      },
      config,
    );
  return {
    name: 'links',
    needs: [cells.uplinks, cells.overlay, cells.localPods, cells.tables],
    announcedBy: ['link'],
    isNeededByPods: true,
    sync() {
      const datapath = cells.tables.known;
      try {
        notifyAll(context, datapath.reconcileLinks(desired()));
      } finally {
        cells.attached.set(attachedHooks(datapath));
      }
      return config.xdp === 'auto' ? [] : [...datapath.status().xdpRefusals.values()];
    },
    detectDrift: () => cells.tables.known.missing(desired()),
  };
}

function attachedHooks(datapath: Pick<Datapath, 'status'>): ReadonlySet<string> {
  return new Set(
    datapath
      .status()
      .links.filter(link => link.programId !== 0 && link.ifindex !== 0)
      .map(link => `${link.hook} ${link.ifindex}`),
  );
}
