// What the CNI service asks of the agent: attach a container, detach it, compare, tidy up, say if it is ready.
import type { Addr, Mac } from 'ip';
import type { AttachmentKey } from '../../model/attachment.ts';

/** The pod a container runtime says it works for, from CNI_ARGS. */
export interface PodReference {
  readonly namespace: string;
  readonly name: string;
  /** Absent: the runtime did not say; the name alone decides then. */
  readonly uid?: string;
}

export interface AttachRequest extends AttachmentKey {
  /** Absolute path of the container's network namespace. */
  readonly netns: string;
  /** `name` of the network configuration: the scope of `gc`. */
  readonly network: string;
  /** Absent: a container that is no pod. */
  readonly pod?: PodReference;
  /** Addresses asked for by the `ips` capability, at most one a family; a family not named is allocated. */
  readonly addresses: readonly Addr[];
}

export interface DetachRequest extends AttachmentKey {
  /** Absent when the runtime no longer knows it, or the namespace is gone. */
  readonly netns?: string;
}

export interface CheckRequest extends AttachmentKey {
  readonly netns: string;
}

export interface AttachedInterface {
  readonly name: string;
  readonly mac: Mac;
  /** Largest IP packet, bytes. */
  readonly mtu: number;
}

/** An attachment as it is recorded: what ADD answers. */
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
  /** One sentence for each thing the kernel has otherwise than recorded; empty when all is well. */
  readonly problems: readonly string[];
}

/**
 * Rejects with `HeddleError`; whoever rejects has left nothing behind. The caller sees to it that calls for one
 * container never overlap, and that `gc` overlaps with no `add` or `delete`.
 */
export interface Attacher {
  /** `ENDPOINT_EXISTS` when the attachment exists. `signal` aborts when nobody waits for the answer any more. */
  add(request: AttachRequest, signal: AbortSignal): Promise<AttachResult>;
  /** Succeeds when there is nothing to take away. */
  delete(request: DetachRequest): Promise<void>;
  /** `ENDPOINT_MISSING` when nothing is recorded. */
  check(request: CheckRequest): Promise<CheckResult>;
  /** Removes every attachment of `network` that is not among `valid`. */
  gc(network: string, valid: readonly AttachmentKey[]): Promise<void>;
  /** One sentence for each reason why `add` could not succeed now; empty when it could. */
  status(): Promise<readonly string[]>;
}
