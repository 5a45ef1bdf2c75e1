// Selects the endpoint rows that fit into hd_endpoint when the cluster has more addresses than the map.
import type { EndpointRow } from './table-rows.ts';
import type { EndpointRows } from './endpoint-rows.ts';

/** Share of the map that remote pods never use, so that local pods can be added. */
const RESERVED_SHARE = 1 / 8;

/** The `rows` themselves while they fit; else those of this node and of other nodes, and of remote pods the first that fit. */
export function fittingEndpoints(rows: EndpointRows['rows'], capacity: number): EndpointRows {
  const reserved = Math.ceil(capacity * RESERVED_SHARE);
  if (rows.size <= capacity - reserved) return { rows, problems: [] };
  const own = [...rows].filter(([, row]) => !isRemote(row));
  const capacityForRemote = Math.max(capacity - own.length - reserved, 0);
  const left = rows.size - own.length - capacityForRemote;
  if (left <= 0) return { rows, problems: [] };
  const remote = [...rows].filter(([, row]) => isRemote(row)).slice(0, capacityForRemote);
  return {
    rows: new Map([...own, ...remote]),
    problems: [capacityProblem(left, rows.size, capacity)],
  };
}

function isRemote({ value }: EndpointRow): boolean {
  return value.kind === 'ENDPOINT_REMOTE_POD';
}

function capacityProblem(left: number, addresses: number, capacity: number): string {
  const size = 2 ** Math.ceil(Math.log2(addresses / (1 - RESERVED_SHARE)));
  return (
    `hd_endpoint holds ${capacity} addresses and the cluster has ${addresses}: policy does not know ${left} of pods on ` +
    `other nodes, and no rule that selects these pods matches them. Set maps.endpoints to ${size}`
  );
}
