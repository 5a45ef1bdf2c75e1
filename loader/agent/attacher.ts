// The `Attacher` of the CNI service: waits for the Pod object, then attaches.
import type { Config } from '../config.ts';
import { HeddleError, type HeddleErrorCode, messageOf } from '../errors.ts';
import type { Ipam } from '../ipam/ipam.ts';
import type { Attachment, AttachmentKey } from '../model/attachment.ts';
import { gatewayMac } from '../model/derived-macs.ts';
import type { ClusterState } from '../model/objects.ts';
import { staleAttachments } from '../pods/stale-attachments.ts';
import type { PodAttachments } from '../pods/pod-attachments.ts';
import { waitForPod } from '../pods/pod-objects.ts';
import type {
  Attacher,
  AttachRequest,
  AttachResult,
  CheckRequest,
  CheckResult,
  DetachRequest,
} from '../api/cni/attacher.ts';

export interface AgentAttacherOptions {
  readonly config: Config;
  readonly attachments: PodAttachments;
  readonly ipam: Ipam;
  readonly cluster: () => ClusterState;
  /** Before an ADD: carries out what an earlier DEL of the same container has left to do. */
  readonly settle: (key: AttachmentKey) => Promise<void>;
  /** For later: a delete that cannot be carried out completely. Throws when it cannot be kept. */
  readonly keepDelete: (key: AttachmentKey) => void;
  /** Called after a pod was added or removed. */
  readonly onChange: () => void;
  /** Called after a request has failed. */
  readonly onFailure: () => void;
  /** As `keepDelete`, for one that was answered: it is tried again in any case. */
  readonly oweDelete: (key: AttachmentKey) => void;
}

/** Of an ADD that finds in use what a pod that goes may still have. */
const TAKEN: ReadonlySet<HeddleErrorCode> = new Set([
  'ADDRESS_EXHAUSTED',
  'ADDRESS_IN_USE',
  'INTERFACE_EXISTS',
]);

export class AgentAttacher implements Omit<Attacher, 'status'> {
  readonly #options: AgentAttacherOptions;

  constructor(options: AgentAttacherOptions) {
    this.#options = options;
  }

  async add(request: AttachRequest, signal: AbortSignal): Promise<AttachResult> {
    const { attachments, config, cluster, settle, onChange } = this.#options;
    await settle(request);
    await this.#finishEarlier(request);
    if (request.pod !== undefined) await waitForPod(request.pod, cluster, config.podWaitMs, signal);
    else if (config.requirePodObject)
      throw new HeddleError(
        'INVALID_REQUEST',
        'K8S_POD_NAMESPACE or K8S_POD_NAME is missing from CNI_ARGS, and requirePodObject is set',
      );
    await attachments.whenReady(request); // last: whatever was deleted while it waited
    const attachment = await this.#attach(request);
    onChange();
    return this.#resultOf(attachment);
  }

  /**
   * Answers when nothing of the pod passes any more and its record says that it goes: its device is removed afterwards. Where
   * the state directory cannot be written, the device is gone all the same, and its addresses stay taken: the DEL succeeds and
   * is kept, since a pod must not hang for what the daemon notes.
   */
  async delete(request: DetachRequest): Promise<void> {
    const { isRecorded, gone } = this.#options.attachments.detach(request);
    this.#options.onChange();
    if (isRecorded) gone.catch(() => this.#oweFailed(request));
    else await gone.catch((error: unknown) => this.#keepFailed(request, error));
  }

  check(request: CheckRequest): Promise<CheckResult> {
    const found = this.#options.attachments.find(request);
    if (found === undefined) {
      const text = `container ${request.containerId} has no interface ${request.ifname} that Heddle attached`;
      return Promise.reject(new HeddleError('ENDPOINT_MISSING', text));
    }
    const attachment = { ...found, ifname: request.ifname };
    const problems = this.#options.attachments.check(attachment, request.netns);
    return Promise.resolve({ attached: this.#resultOf(attachment), problems });
  }

  async gc(network: string, valid: readonly AttachmentKey[]): Promise<void> {
    const attachments = [...this.#options.ipam.attachments.values()];
    const stale = staleAttachments(attachments, network, valid);
    const outcomes = await Promise.allSettled(stale.map(one => this.#detach(one)));
    const failures = outcomes.flatMap(outcome =>
      outcome.status === 'rejected' ? [messageOf(outcome.reason)] : [],
    );
    if (failures.length > 0)
      throw new HeddleError(
        'IO',
        `${failures.length} of ${stale.length} were not removed: ${failures.join('; ')}`,
      );
  }

  /** What an ADD or a DEL of this container could not undo, such as on a read-only disk: it is no reason to refuse another ADD. */
  async #finishEarlier({ containerId }: AttachmentKey): Promise<void> {
    const earlier = this.#options.ipam.unfinished.filter(
      one => one.containerId === containerId && one.netns !== undefined,
    );
    for (const one of earlier) await this.#detach(one);
  }

  #oweFailed({ containerId, ifname }: AttachmentKey): void {
    this.#options.onFailure();
    this.#options.oweDelete({ containerId, ifname });
  }

  /** Throws the error of a DEL that need not succeed, or that cannot be kept. */
  #keepFailed(key: AttachmentKey, error: unknown): void {
    this.#options.onFailure();
    if (!(error instanceof HeddleError) || error.code !== 'IO' || !this.#keeps(key)) throw error;
  }

  #keeps({ containerId, ifname }: AttachmentKey): boolean {
    try {
      this.#options.keepDelete({ containerId, ifname });
      return true;
    } catch {
      return false; // its own error says more
    }
  }

  async #attach(request: AttachRequest): Promise<Attachment> {
    try {
      return await this.#attachWithRoom(request);
    } catch (error) {
      this.#options.onFailure();
      throw error;
    }
  }

  /**
   * What pods have whose DEL was answered is free as soon as what is left of them is gone: the last address of a full node, one
   * whose DEL came after this ADD, a namespace that another path leads to. So it is tried twice.
   */
  async #attachWithRoom(request: AttachRequest): Promise<Attachment> {
    const { attachments } = this.#options;
    try {
      return await attachments.attach(request);
    } catch (error) {
      if (!(error instanceof HeddleError && TAKEN.has(error.code))) throw error;
    }
    await attachments.whenAllGone();
    await attachments.whenReady(request);
    return attachments.attach(request);
  }

  async #detach(key: AttachmentKey): Promise<void> {
    const { gone } = this.#options.attachments.detach(key);
    this.#options.onChange();
    await gone;
  }

  #resultOf({ hostInterface, ifname, podMac, mtu, addresses }: Attachment): AttachResult {
    return {
      hostInterface: { name: hostInterface, mac: gatewayMac(this.#options.config.nodeName), mtu },
      podInterface: { name: ifname, mac: podMac, mtu },
      addresses,
    };
  }
}
