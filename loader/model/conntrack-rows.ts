// Default size of the conntrack maps, from the node's memory.

const GIB = 2 ** 30;
const HASH_HEAD_BYTES = 8;
const MIN_ROWS = 1_024;

/** As many as netfilter takes (nf_conntrack_max, net/netfilter/nf_conntrack_core.c): a node's flows are in both tables. */
export function conntrackRowsFor(memoryBytes: number): number {
  if (memoryBytes > 4 * GIB) return 262_144;
  if (memoryBytes > GIB) return 65_536;
  return Math.max(MIN_ROWS, Math.floor(memoryBytes / 16_384 / HASH_HEAD_BYTES));
}
