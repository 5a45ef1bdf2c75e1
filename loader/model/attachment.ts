// An attachment: one interface of one container on this node, as recorded before and after it is created.
import type { Addr, Mac } from 'ip';

/** One interface of one container: what the CNI specification calls an attachment. */
export interface AttachmentKey {
  readonly containerId: string;
  /** Name of the interface inside the container. */
  readonly ifname: string;
}

export interface Attachment extends AttachmentKey {
  /** Absolute path of the container's network namespace; absent for a pod whose interface the caller created. */
  readonly netns?: string;
  /** Name of the veth's end on the host. */
  readonly hostInterface: string;
  readonly podMac: Mac;
  /** At most one a family, IPv4 first. */
  readonly addresses: readonly Addr[];
  /** Absent: the container is not a pod. */
  readonly pod?: { readonly namespace: string; readonly name: string; readonly uid?: string };
  /** Number of the pod on this node, as in hd_iface; allocated by the pool and reused only after a cooldown. */
  readonly podId: number;
  /** Of the pod's interface, bytes. */
  readonly mtu: number;
  /** `name` of the CNI network: the scope of GC; absent for attachments made without CNI. */
  readonly network?: string;
  /** /proc/sys/kernel/random/boot_id at creation. */
  readonly bootId: string;
  readonly createdAtMs: number;
  /** `allocated`: before ADD has succeeded and from DEL on; its devices may not exist. `attached`: in between. */
  readonly phase: 'allocated' | 'attached';
}

/** What is known of an attachment whose record is lost; without a pod id it gets a new one. */
export type LostAttachment = Omit<Attachment, 'podId' | 'bootId' | 'createdAtMs' | 'phase'> &
  Partial<Pick<Attachment, 'podId'>>;

/** A unique text of the key: CNI forbids '/' in both parts. */
export function attachmentId(key: AttachmentKey): string {
  return `${key.containerId}/${key.ifname}`;
}
