// Reads node numbers from pinned maps: a restarted daemon must not reassign them.
import type { Addr } from 'ip';
import { RouteKind } from '../abi/abi.gen.ts';
import { readPinnedRows } from '../programs/pinned-rows.ts';

export interface FormerNodeIds {
  /** By underlay address; empty if no map is pinned that can be adopted. */
  readonly byAddress: ReadonlyMap<Addr, number>;
  /** This node's, as the route to its own pods has it: its addresses may be others now. */
  readonly own: number | undefined;
}

export const noFormerIds: FormerNodeIds = { byAddress: new Map(), own: undefined };

export function readKnownNodes(pinRoot: string): FormerNodeIds {
  return readPinnedRows<FormerNodeIds>(
    pinRoot,
    ({ hd_node, hd_route }) => ({
      byAddress: new Map([...hd_node.entries()].map(([key, node]) => [key.addr, node.id])),
      own: [...hd_route.entries()].find(([, { kind }]) => kind === RouteKind.LOCAL)?.[1].nodeId,
    }),
    noFormerIds,
  );
}
