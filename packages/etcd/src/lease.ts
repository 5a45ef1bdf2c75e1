// Leases: keys under one are deleted when it expires.
import { randomBytes } from 'node:crypto';

declare const leaseBrand: unique symbol;

/** Chosen by the client: etcd's own do not fit into a number. */
export type LeaseId = number & { readonly [leaseBrand]: true };

const ID_BYTES = 6;

/** Not 0, with which etcd would choose one. */
export function newLeaseId(): LeaseId {
  return (randomBytes(ID_BYTES).readUIntBE(0, ID_BYTES) + 1) as LeaseId;
}
