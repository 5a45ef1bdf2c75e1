// hd_endpoint is smaller than the cluster: what it holds then, and who is told.
import type { EndpointRow } from './dataplane-rows.ts';
import type { EndpointRows } from './endpoint-rows.ts';

/** Of the map: other nodes' pods never take it, so that more pods can be added here. */
const SHARE_KEPT_FOR_OWN = 1 / 8;

/** `rows` in their order, this node's before remote pods', as many as a map of `room` rows holds. */
export function fittingEndpoints(rows: readonly EndpointRow[], room: number): EndpointRows {
  const isRemote = ({ value }: EndpointRow): boolean => value.kind === 'ENDPOINT_REMOTE_POD';
  const own = rows.filter(row => !isRemote(row)).length;
  const roomForRemote = Math.max(room - own - Math.ceil(room * SHARE_KEPT_FOR_OWN), 0);
  const left = rows.length - own - roomForRemote;
  if (left <= 0) return { rows, problems: [] };
  return { rows: rows.slice(0, rows.length - left), problems: [noRoomProblem(left, rows.length, room)] };
}

function noRoomProblem(left: number, wanted: number, room: number): string {
  const size = 2 ** Math.ceil(Math.log2(wanted / (1 - SHARE_KEPT_FOR_OWN)));
  return (
    `hd_endpoint has room for ${room} addresses and the cluster has ${wanted}: policy does not know ${left} of pods on ` +
    `other nodes, and nothing that names them holds for them. Set maps.endpoints to ${size}`
  );
}
