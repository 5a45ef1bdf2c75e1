// An attachment: one interface of one container on this node, as it is recorded before and after it is made.
import type { Addr, Mac } from 'ip';

/** One interface of one container: what the CNI specification calls an attachment. */
export interface AttachmentKey {
  readonly containerId: string;
  /** Name of the interface inside the container. */
  readonly ifname: string;
}

export interface Attachment extends AttachmentKey {
  /** Absolute path of the container's network namespace; absent for a pod whose interface the caller has made itself. */
  readonly netns?: string;
  /** Name of the veth's end on the host. */
  readonly hostInterface: string;
  readonly podMac: Mac;
  /** At most one a family, IPv4 first. */
  readonly addresses: readonly Addr[];
  /** Absent: a container that is no pod. */
  readonly pod?: { readonly namespace: string; readonly name: string; readonly uid?: string };
  /** Number of the pod on this node, as in hd_port; given by the pool, reused only after it has rested. */
  readonly podSlot: number;
  /** Of the pod's interface, bytes. */
  readonly mtu: number;
  /** `name` of the CNI network: the scope of GC; absent for what did not come through CNI. */
  readonly network?: string;
  /** /proc/sys/kernel/random/boot_id of the boot that it was made in. */
  readonly bootId: string;
  readonly createdAtMs: number;
  /** `attached`: ADD has answered, DEL was not asked; `allocated`: not so, and its devices may not exist. */
  readonly phase: 'allocated' | 'attached';
}

/** Text that is equal for equal keys only: neither part can hold a '/', CNI forbids it. */
export function attachmentId(key: AttachmentKey): string {
  return `${key.containerId}/${key.ifname}`;
}
