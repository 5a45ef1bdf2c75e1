// Registering a pod again: the same request is answered again, another one is refused.
import type { Addr } from 'ip';
import type { PodRegistration } from '../api/dataplane-view.ts';
import { HeddleError } from '../errors.ts';
import type { Attachment } from '../model/attachment.ts';

/** The pod's addresses. Throws `ENDPOINT_EXISTS`. */
export function sameRegistration(known: Attachment, request: PodRegistration): readonly Addr[] {
  const isSame =
    known.hostInterface === request.hostInterface &&
    known.podMac === request.mac &&
    known.pod?.namespace === request.pod?.namespace &&
    known.pod?.name === request.pod?.name &&
    request.addresses.every(addr => known.addresses.includes(addr));
  if (isSame) return known.addresses;
  const text = `container ${known.containerId} is registered with other values: unregister it first`;
  throw new HeddleError('ENDPOINT_EXISTS', text);
}
