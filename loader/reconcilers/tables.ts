// Reconciles hd_node, hd_route, hd_endpoint and hd_iface.
import type { Config } from '../config.ts';
import type { TablesInput } from '../model/tables-input.ts';
import { desiredTables, type DesiredTables } from '../model/desired-tables.ts';
import { fittingEndpoints } from '../model/endpoint-capacity.ts';
import { fittingRoutes } from '../model/route-capacity.ts';
import { podDeviceMtu } from '../model/node-path.ts';
import { ownNodeOf, type NodeContext } from './node-context.ts';
import { nodeFacts, tunnelSettings } from './node-facts.ts';
import type { Reconciler } from './reconciler.ts';
import { TableWriters } from './table-writers.ts';

export function tables(context: NodeContext): Reconciler {
  const { config, cells } = context;
  let writers: TableWriters | undefined;
  return {
    name: 'tables',
    needs: [cells.nodes, cells.uplinks, cells.neighbours, cells.overlay, cells.localPods, cells.policy],
    watches: [cells.pods],
    isNeededByPods: true,
    sync(mode) {
      const programs = cells.policy.known;
      if (writers?.programs !== programs) writers = new TableWriters(programs, context);
      const input = tablesInput(context);
      const desired = fittingTables(input, config.maps);
      writers.write(desired, mode);
      const self = ownNodeOf(context);
      writers.writeTunnelEnds(self, mode);
      const mtu = podDeviceMtu({ facts: input.facts, tunnel: input.tunnel, object: self });
      cells.hostRoutes.set(desired.hostRoutes);
      cells.state.set({ input, tables: desired, podMtu: mtu, writers });
      cells.tables.set(programs);
      return desired.problems;
    },
  };
}

/** `localPods.all` includes pods that were added since the last kernel dump. */
function tablesInput(context: NodeContext): TablesInput {
  const { cells, config, cluster, localPods, nodeIds } = context;
  return {
    cluster: cluster(),
    localPods: localPods.all,
    facts: nodeFacts(context, cells.overlay.known.ifindex),
    tunnel: tunnelSettings(config),
    nodeIds: nodeIds.of(cells.nodes.known, ownNodeOf(context)),
  };
}

/** Rows that do not fit are reported as a problem; the others are written. */
function fittingTables(input: TablesInput, sizes: Config['maps']): DesiredTables {
  const desired = desiredTables(input);
  const endpoints = fittingEndpoints(desired.endpoints, sizes.endpoints);
  const routes = fittingRoutes(desired.routes, sizes.routes);
  const problems = [...desired.problems, ...endpoints.problems, ...routes.problems];
  return { ...desired, endpoints: endpoints.rows, routes: routes.rows, problems };
}
