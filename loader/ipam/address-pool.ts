// What the pool of addresses is made of, and what is asked of it.
import type { Addr, Cidr } from 'ip';
import type { AddressRange } from './address-range.ts';

/**
 * Knows addresses, not files: whoever changes it sees to it that an answer is durable before it is given away. Only
 * the functions of pool.ts change it.
 */
export interface AddressPool {
  cidrs: readonly Cidr[];
  ranges: readonly PoolRange[];
  /** The node's own, of its overlay device. */
  own: ReadonlySet<Addr>;
  /** By whom, in words. */
  readonly inUse: Map<Addr, string>;
  /** Have been met and are free, the longest-rested first. */
  readonly rested: Set<Addr>;
}

export interface PoolRange extends AddressRange {
  /** All addresses below have been met once: they are in use, rested, or the node's own. */
  next: bigint;
}

export interface AddressRequest {
  /** Who asks, in words. */
  readonly owner: string;
  /** Addresses that the owner must get, at most one a family; the other families are allocated. */
  readonly wanted: readonly Addr[];
  /** In whose favour an address is reserved, in the words of `owner`; `undefined` for most. */
  readonly reservedFor: (addr: Addr) => string | undefined;
}
