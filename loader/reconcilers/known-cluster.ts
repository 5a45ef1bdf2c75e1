// Reads from pinned maps what an earlier daemon knew of other nodes, their pods and of policies.
import { EndpointKind, NodeFlag } from '../abi/abi.gen.ts';
import type { MapSet } from '../abi/map-set.ts';
import type { Addr } from 'ip';
import { type KnownCluster, nothingKnown } from '../model/known-cluster.ts';
import { readPinnedRows } from '../programs/pinned-rows.ts';
import { readPolicyKeys } from '../tables/rule-name.ts';

export function readKnownCluster(pinRoot: string): KnownCluster {
  return readPinnedRows<KnownCluster>(
    pinRoot,
    ({ hd_node, hd_endpoint, hd_policy_name }) => ({
      nodes: nodesOf(hd_node),
      pods: [...hd_endpoint.entries()].flatMap(([{ addr }, { kind }]) =>
        kind === EndpointKind.REMOTE_POD ? [addr] : [],
      ),
      policies: readPolicyKeys(hd_policy_name),
    }),
    nothingKnown,
  );
}

/** A node has one number for all of its addresses. */
function nodesOf(map: MapSet['hd_node']): Addr[][] {
  const byId = new Map<number, Addr[]>();
  for (const [{ addr }, { id, flags }] of map.entries())
    if ((flags & NodeFlag.LOCAL) === 0) byId.set(id, [...(byId.get(id) ?? []), addr]);
  return [...byId.values()];
}
