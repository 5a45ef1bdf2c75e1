// Addresses that an ADD asks for: by value, or those that the pod's object reserves.
import type { Addr } from 'ip';
import type { AddressRequest } from '../ipam/address-pool.ts';
import { ownerName } from '../ipam/owner-name.ts';
import type { Reservations } from '../ipam/reservations.ts';
import type { Attachment } from '../model/attachment.ts';
import { podKey, type ClusterState } from '../model/objects.ts';

export interface AddressSpec extends Pick<Attachment, 'containerId' | 'pod'> {
  /** Asked for by value. */
  readonly addresses: readonly Addr[];
}

export interface AddressContext {
  readonly cluster: ClusterState;
  readonly reservations: Pick<Reservations, 'get'>;
  readonly attachments: Iterable<Attachment>;
  readonly usedBy: (addr: Addr) => string | undefined;
}

/** Asked for by value, or else reserved by the pod's object. */
export function wantedAddresses(spec: AddressSpec, cluster: Pick<ClusterState, 'pods'>): readonly Addr[] {
  if (spec.addresses.length > 0) return spec.addresses;
  return (spec.pod && cluster.pods.get(podKey(spec.pod))?.addresses) ?? [];
}

/** A reservation that is in use (the same pod's previous sandbox may still hold it) is not waited for: it gets others. */
export function addressRequest(
  spec: AddressSpec,
  { cluster, reservations, attachments, usedBy }: AddressContext,
): Omit<AddressRequest, 'owner'> {
  const owner = ownerName(spec);
  const held = new Set(
    [...attachments].filter(one => ownerName(one) === owner).flatMap(one => one.addresses),
  );
  const wanted = wantedAddresses(spec, cluster);
  const requested =
    spec.addresses.length > 0 ? wanted : wanted.filter(addr => !held.has(addr) && usedBy(addr) === undefined);
  return { requested, reservedFor: (addr: Addr) => reservations.get(addr), usedBy };
}
