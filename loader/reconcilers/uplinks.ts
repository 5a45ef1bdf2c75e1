// Reads the uplinks. If none is found, the last known ones stay, so that the kernel's state stays.
import { countTooBigs } from '../network/path-mtu.ts';
import { readNodeUplink } from './read-uplink.ts';
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

/** Each run reads the kernel's routes: a default route that flaps costs two a second. */
const MIN_INTERVAL_MS = 500;

export function uplinks({ config, socket, cells, cluster }: NodeContext): Reconciler {
  let tooBigs: number | undefined;
  return {
    name: 'uplinks',
    needs: [cells.nodes],
    announcedBy: ['link', 'address', 'route', 'neighbour'],
    isNeededByPods: true,
    minIntervalMs: MIN_INTERVAL_MS,
    sync() {
      const read = readNodeUplink(socket, config, cluster(), cells.uplinks.value?.[0]?.ifindex);
      const { gateways, neighbours, pathMtus, tooBigs: counted, problem, ...device } = read;
      tooBigs = counted;
      cells.uplinks.set([device]);
      cells.neighbours.set([{ gateways, neighbours, ...(pathMtus && { pathMtus }) }]);
      return problem === undefined ? [] : [problem];
    },
    detectDrift: () => (tooBigs !== undefined && countTooBigs(socket.netns) !== tooBigs ? ['path MTU'] : []),
  };
}
