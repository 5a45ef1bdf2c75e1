// Reads node numbers from the pinned hd_node: a restarted daemon must not reassign them.
import type { Addr } from 'ip';
import { readPinnedRows } from '../programs/pinned-rows.ts';

/** By underlay address; empty if no map is pinned that can be adopted. */
export function readKnownNodes(pinRoot: string): ReadonlyMap<Addr, number> {
  return readPinnedRows<ReadonlyMap<Addr, number>>(
    pinRoot,
    ({ hd_node }) => new Map([...hd_node.entries()].map(([key, node]) => [key.addr, node.id])),
    new Map(),
  );
}
