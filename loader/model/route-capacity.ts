// Selects the route rows that fit into hd_route when the cluster has more prefixes than the map.
import type { RouteRow } from './table-rows.ts';
import type { RouteRows } from './route-rows.ts';

/** The first that fit: this node's own come before those of other nodes. Packets of the others are dropped. */
export function fittingRoutes(rows: readonly RouteRow[], capacity: number): RouteRows {
  if (rows.length <= capacity) return { rows, problems: [] };
  return { rows: rows.slice(0, capacity), problems: [capacityProblem(rows, capacity)] };
}

function capacityProblem(rows: readonly RouteRow[], capacity: number): string {
  const nodes = [...new Set(rows.slice(capacity).map(({ node }) => node))];
  const size = 2 ** Math.ceil(Math.log2(rows.length));
  const some =
    nodes.length > 3 ? `${nodes.slice(0, 3).join(', ')} and ${nodes.length - 3} more` : nodes.join(', ');
  return (
    `hd_route holds ${capacity} prefixes and the cluster has ${rows.length}: nodes without all of theirs cannot be ` +
    `reached (${some}). Set maps.routes to ${size}`
  );
}
