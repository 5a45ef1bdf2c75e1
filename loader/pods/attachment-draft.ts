// From what a caller asks for to what is recorded, and from there to the interface that is made.
import type { Addr, Mac } from 'ip';
import { HeddleError } from '../errors.ts';
import type { AttachmentDraft } from '../ipam/attachment-draft.ts';
import { ownerName } from '../ipam/owner-name.ts';
import type { Attachment, AttachmentKey } from '../model/attachment.ts';
import { gatewayMac, podMac } from '../model/derived-macs.ts';
import type { PodInterface } from '../network/pod-interface.ts';
import { hostInterfaceName } from './host-interface.ts';

export interface AttachmentSpec extends AttachmentKey {
  readonly netns: string;
  readonly network: string;
  readonly pod?: { readonly namespace: string; readonly name: string; readonly uid?: string };
  /** Requested by value, at most one a family; they take precedence over the Pod object's reservations. */
  readonly addresses: readonly Addr[];
  /** Requested by value; absent: derived from the container. */
  readonly mac?: Mac;
}

export function attachmentDraft(spec: AttachmentSpec, mtu: number): AttachmentDraft {
  return {
    containerId: spec.containerId,
    ifname: spec.ifname,
    netns: spec.netns,
    hostInterface: hostInterfaceName(spec),
    podMac: spec.mac ?? podMac(spec.containerId, spec.ifname),
    mtu,
    network: spec.network,
    ...(spec.pod !== undefined && { pod: spec.pod }),
  };
}

/** Throws `NETNS_MISSING` without a namespace. */
export function podInterface(attachment: Attachment, netns: string, nodeName: string): PodInterface {
  if (netns === '')
    throw new HeddleError('NETNS_MISSING', `container ${attachment.containerId} has no network namespace`);
  return {
    netns,
    ifname: attachment.ifname,
    hostInterface: attachment.hostInterface,
    podMac: attachment.podMac,
    gatewayMac: gatewayMac(nodeName),
    mtu: attachment.mtu,
    addresses: attachment.addresses,
    owner: ownerName(attachment),
  };
}
