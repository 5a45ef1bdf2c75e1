// Nodes, routes, endpoints and ports of this node's maps, as they should be.
import type { DataplaneInput } from '../model/dataplane-input.ts';
import { dataplaneTables, type DataplaneTables } from '../model/dataplane-tables.ts';
import { fittingEndpoints } from '../model/endpoint-room.ts';
import { podMtu } from '../model/node-path.ts';
import { ownNodeOf, type NodeContext } from './node-context.ts';
import { nodeFacts, tunnelSettings } from './node-facts.ts';
import type { Reconciler } from './reconciler.ts';
import { TableWriters } from './table-writers.ts';
import { syncTunnelEnds } from './tunnel-ends.ts';

export function tables(context: NodeContext): Reconciler {
  const { config, cells } = context;
  let writers: TableWriters | undefined;
  return {
    name: 'tables',
    needs: [cells.nodes, cells.neighbours, cells.overlay, cells.localPods, cells.policy],
    watches: [cells.pods],
    isNeededByPods: true,
    sync(mode) {
      const programs = cells.policy.known;
      if (writers?.programs !== programs) writers = new TableWriters(programs, context);
      const input = desiredInput(context);
      const desired = fittingTables(input, config.maps.endpoints);
      writers.write(desired, mode);
      const self = ownNodeOf(context);
      syncTunnelEnds(programs.maps.hd_control, self);
      const mtu = podMtu({ facts: input.facts, settings: input.settings, object: self });
      cells.hostRoutes.set(desired.hostRoutes);
      cells.state.set({ input, tables: desired, podMtu: mtu, writers });
      cells.tables.set(programs);
      return desired.problems;
    },
  };
}

/** Pods that came since the devices were listed are among them, and those that went are not. */
function desiredInput(context: NodeContext): DataplaneInput {
  const { cells, config, cluster, localPods, nodeIds } = context;
  return {
    cluster: cluster(),
    localPods: localPods.all,
    facts: nodeFacts(context, cells.overlay.known.ifindex),
    settings: tunnelSettings(config),
    nodeIds: nodeIds.of(cells.nodes.known, ownNodeOf(context)),
  };
}

/** What does not fit is a problem, and no reason to let drop all the rest. */
function fittingTables(input: DataplaneInput, capacity: number): DataplaneTables {
  const desired = dataplaneTables(input);
  const { rows, problems } = fittingEndpoints(desired.endpoints, capacity);
  return { ...desired, endpoints: rows, problems: [...desired.problems, ...problems] };
}
