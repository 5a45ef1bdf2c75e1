// Reconciles hd_node, hd_route, hd_endpoint and hd_iface.
import type { Config } from '../config.ts';
import type { TablesInput } from '../model/tables-input.ts';
import { TablesBuilder, type DesiredTables } from '../model/desired-tables.ts';
import { fittingEndpoints } from '../model/endpoint-capacity.ts';
import { fittingRoutes } from '../model/route-capacity.ts';
import { podDeviceMtu } from '../model/node-path.ts';
import { pinnedGuards } from './guarded-uplinks.ts';
import { ownNodeOf, type NodeContext } from './node-context.ts';
import { NodeFactsCache, tunnelSettings } from './node-facts.ts';
import type { Reconciler } from './reconciler.ts';
import { TableWriters } from './table-writers.ts';

export function tables(context: NodeContext): Reconciler {
  const { config, cells } = context;
  const builder = new TablesBuilder();
  const facts = new NodeFactsCache(context);
  let writers: TableWriters | undefined;
  return {
    name: 'tables',
    needs: [
      cells.nodes,
      cells.uplinks,
      cells.neighbours,
      cells.overlay,
      cells.localPods,
      cells.policy,
      cells.vips,
    ],
    watches: [cells.pods, cells.guardedUplinks],
    isNeededByPods: true,
    sync(mode) {
      const programs = cells.policy.known;
      if (writers?.programs !== programs) writers = new TableWriters(programs, context);
      const input = tablesInput(context, facts);
      const desired = fittingTables(builder.build(input), config.maps);
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
function tablesInput(context: NodeContext, facts: NodeFactsCache): TablesInput {
  const { cells, config, cluster, localPods, nodeIds } = context;
  return {
    cluster: cluster(),
    localPods: localPods.all,
    facts: facts.current(),
    tunnel: tunnelSettings(config),
    nodeIds: nodeIds.of(cells.nodes.known, ownNodeOf(context)),
    ...(cells.vips.value && { vips: cells.vips.value }),
    guardedUplinks: cells.guardedUplinks.value ?? pinnedGuards(config.pinRoot, cells.uplinks.known),
  };
}

/** Rows that do not fit are reported as a problem; the others are written. */
function fittingTables(desired: DesiredTables, sizes: Config['maps']): DesiredTables {
  const endpoints = fittingEndpoints(desired.endpoints, sizes.endpoints);
  const routes = fittingRoutes(desired.routes, sizes.routes);
  const more = [...endpoints.problems, ...routes.problems];
  if (more.length === 0) return desired;
  return {
    ...{ ...desired, endpoints: endpoints.rows, routes: routes.rows },
    problems: [...desired.problems, ...more],
  };
}
