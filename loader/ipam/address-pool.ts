// The state of the address pool, and the form of a request to it.
import type { Addr, Cidr } from 'ip';
import type { AddressRange } from './address-range.ts';

/**
 * In memory only: the caller writes an allocation to disk before it returns the address (ipam.ts). Only the functions of
 * pool.ts change it.
 */
export interface AddressPool {
  cidrs: readonly Cidr[];
  ranges: readonly PoolRange[];
  /** Addresses of the node's overlay device. */
  own: ReadonlySet<Addr>;
  /** Name of the owner (`ownerName`) by address. */
  readonly inUse: Map<Addr, string>;
  /** Free addresses below `next`, in the order in which they were freed: the head has been unused for longest. */
  readonly reusable: Set<Addr>;
}

export interface PoolRange extends AddressRange {
  /** All addresses below are in `inUse`, in `reusable`, or the node's own. */
  next: bigint;
}

export interface AddressRequest {
  /** `ownerName` of the attachment. */
  readonly owner: string;
  /** Addresses asked for by value, at most one a family; a family without one gets any free address. */
  readonly requested: readonly Addr[];
  /** `ownerName` of the pod for which an address is reserved; `undefined`: not reserved. */
  readonly reservedFor: (addr: Addr) => string | undefined;
  /** What uses the address although no attachment has it; `undefined`: nothing. Absent: not known. */
  readonly usedBy?: (addr: Addr) => string | undefined;
}
