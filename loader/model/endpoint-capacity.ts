// Selects the endpoint rows that fit into hd_endpoint when the cluster has more addresses than the map.
import type { EndpointRow } from './table-rows.ts';
import type { EndpointRows } from './endpoint-rows.ts';

/** Share of the map that remote pods never use, so that local pods can be added. */
const RESERVED_SHARE = 1 / 8;

/** The first `rows` that fit into `capacity`. Rows of local pods come before those of remote pods. */
export function fittingEndpoints(rows: readonly EndpointRow[], capacity: number): EndpointRows {
  const isRemote = ({ value }: EndpointRow): boolean => value.kind === 'ENDPOINT_REMOTE_POD';
  const own = rows.filter(row => !isRemote(row)).length;
  const capacityForRemote = Math.max(capacity - own - Math.ceil(capacity * RESERVED_SHARE), 0);
  const left = rows.length - own - capacityForRemote;
  if (left <= 0) return { rows, problems: [] };
  return {
    rows: rows.slice(0, rows.length - left),
    problems: [capacityProblem(left, rows.length, capacity)],
  };
}

function capacityProblem(left: number, addresses: number, capacity: number): string {
  const size = 2 ** Math.ceil(Math.log2(addresses / (1 - RESERVED_SHARE)));
  return (
    `hd_endpoint holds ${capacity} addresses and the cluster has ${addresses}: policy does not know ${left} of pods on ` +
    `other nodes, and no rule that selects these pods matches them. Set maps.endpoints to ${size}`
  );
}
