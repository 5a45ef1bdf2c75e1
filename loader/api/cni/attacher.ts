// The agent's interface for the CNI service: attach, detach, check, collect garbage, report readiness.
import type { Addr, Mac } from 'ip';
import type { AttachmentKey } from '../../model/attachment.ts';

/** The pod of the container, from CNI_ARGS. */
export interface PodReference {
  readonly namespace: string;
  readonly name: string;
  /** Absent: the runtime did not pass it, and any Pod object of that name matches. */
  readonly uid?: string;
}

export interface AttachRequest extends AttachmentKey {
  /** Absolute path of the container's network namespace, without symbolic links. */
  readonly netns: string;
  /** What the runtime calls it, if that is another path. */
  readonly sandbox?: string;
  /** `name` of the network configuration: the scope of `gc`. */
  readonly network: string;
  /** Absent: the container is not a pod. */
  readonly pod?: PodReference;
  /** Addresses requested by the `ips` capability, at most one a family; other families are allocated. */
  readonly addresses: readonly Addr[];
  /** Requested by the `mac` capability; absent: derived from the container. */
  readonly mac?: Mac;
}

export interface DetachRequest extends AttachmentKey {
  /** Absent when the runtime no longer has it, or the namespace no longer exists. */
  readonly netns?: string;
}

export interface CheckRequest extends AttachmentKey, Pick<AttachRequest, 'netns' | 'sandbox'> {}

export interface AttachedInterface {
  readonly name: string;
  readonly mac: Mac;
  /** Largest IP packet, bytes. */
  readonly mtu: number;
}

/** An attachment as recorded, and as ADD returns it. */
export interface AttachResult {
  /** The veth's end in the node's network namespace. */
  readonly hostInterface: AttachedInterface;
  /** The veth's end in the container; its name is the attachment's `ifname`. */
  readonly podInterface: AttachedInterface;
  /** At most one a family, IPv4 first. */
  readonly addresses: readonly Addr[];
}

export interface CheckResult {
  readonly attached: AttachResult;
  /** One sentence for each difference between the kernel's state and the record; empty: none. */
  readonly problems: readonly string[];
}

/** A reason why `add` could not succeed now. */
export interface StatusReason {
  /** With the cure. */
  readonly sentence: string;
  /** Attached containers suffer too: their connectivity may be limited. */
  readonly limitsAttached: boolean;
}

/**
 * A method that rejects (with `HeddleError`) has undone its changes. The caller ensures that calls for one container do
 * not overlap, and that `gc` does not overlap with `add` and `delete`.
 */
export interface Attacher {
  /** `ENDPOINT_EXISTS` when the attachment exists. `signal` aborts when the caller has cancelled. */
  add(request: AttachRequest, signal: AbortSignal): Promise<AttachResult>;
  /** Succeeds when there is no such attachment. */
  delete(request: DetachRequest): Promise<void>;
  /** `ENDPOINT_MISSING` when nothing is recorded. */
  check(request: CheckRequest): Promise<CheckResult>;
  /** Removes every attachment of `network` that is not among `valid`; one that fails does not stop the others. */
  gc(network: string, valid: readonly AttachmentKey[]): Promise<void>;
  /** Every reason why `add` could not succeed now; empty when it could. */
  status(): Promise<readonly StatusReason[]>;
}
