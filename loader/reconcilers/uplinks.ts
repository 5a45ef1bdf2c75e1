// The devices that carry the underlay. The last that were found stay known while none is: what is in the kernel stays.
import { readNodeUplink } from './facts.ts';
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

export function uplinks({ config, socket, cells, cluster }: NodeContext): Reconciler {
  return {
    name: 'uplinks',
    needs: [cells.nodes],
    announcedBy: ['link', 'address', 'route', 'neighbour'],
    isNeededByPods: true,
    sync() {
      const { gateways, neighbours, ...device } = readNodeUplink(socket, config, cluster());
      cells.uplinks.set([device]);
      cells.neighbours.set([{ gateways, neighbours }]);
      return [];
    },
  };
}
