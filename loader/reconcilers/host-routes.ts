// Reconciles the host's routes to remote pods, and routes and neighbours of local pods.
import { listLinks, type RtnetlinkSocket } from 'rtnetlink';
import type { HostRoute } from '../model/table-rows.ts';
import type { LocalPod } from '../model/tables-input.ts';
import { reconcileHostRoutes } from '../network/host-routes.ts';
import { DEFAULT_NAMES } from '../network/names.ts';
import { podRoutes, reconcilePodNeighbours, routedPod } from '../network/pod-routes.ts';
import { shadowedRoutes } from '../network/shadowed-routes.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function hostRoutes(context: NodeContext): Reconciler {
  const { socket, cells, localPods } = context;
  return {
    name: 'host-routes',
    needs: [cells.hostRoutes, cells.localPods],
    watches: [cells.attached],
    announcedBy: ['link', 'route', 'pod-route', 'pod-neighbour'],
    isNeededByPods: true,
    sync() {
      const local = upPods(socket, localPods.all);
      const desired = [...cells.hostRoutes.known, ...local.flatMap(podRoutes)];
      const { changes, problems } = reconcileHostRoutes(socket, desired, DEFAULT_NAMES.routeProtocol);
      notifyAll(context, changes);
      const neighbours = reconcilePodNeighbours(socket, local);
      notifyAll(context, neighbours.changes);
      const isSet = ({ destination }: HostRoute): boolean =>
        !problems.some(problem => problem.startsWith(`the route to ${destination} `));
      const shadowed = shadowedRoutes(socket, cells.hostRoutes.known.filter(isSet));
      return [...problems, ...shadowed, ...neighbours.problems];
    },
  };
}

/** The kernel refuses routes over a device that is down (ENETDOWN). */
function upPods(socket: RtnetlinkSocket, pods: readonly LocalPod[]) {
  const up = new Set(
    listLinks(socket)
      .filter(link => link.up)
      .map(link => link.index),
  );
  return pods.filter(({ ifindex }) => up.has(ifindex)).map(routedPod);
}
