// The `Attacher` of the CNI service: waits for the Pod object, then attaches in one tick of the event loop.
import type { Config } from '../config.ts';
import { HeddleError, messageOf } from '../errors.ts';
import type { Ipam } from '../ipam/ipam.ts';
import { reservationsOf } from '../ipam/reservations.ts';
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
  StatusReason,
} from '../api/cni/attacher.ts';

export interface AgentAttacherOptions {
  readonly config: Config;
  readonly attachments: PodAttachments;
  readonly ipam: Ipam;
  readonly cluster: () => ClusterState;
  /** Reasons why an ADD would fail now; one sentence each. */
  readonly failures: () => readonly string[];
  /** Before an ADD: carries out what an earlier DEL of the same container has left to do. */
  readonly settle: (key: AttachmentKey) => Promise<void>;
  /** Called after a pod was added or removed. */
  readonly onChange: () => void;
}

export class AgentAttacher implements Attacher {
  readonly #options: AgentAttacherOptions;

  constructor(options: AgentAttacherOptions) {
    this.#options = options;
  }

  async add(request: AttachRequest, signal: AbortSignal): Promise<AttachResult> {
    const { attachments, config, cluster, settle, onChange } = this.#options;
    await settle(request);
    if (request.pod !== undefined) await waitForPod(request.pod, cluster, config.podWaitMs, signal);
    else if (config.requirePodObject)
      throw new HeddleError(
        'INVALID_REQUEST',
        'K8S_POD_NAMESPACE or K8S_POD_NAME is missing from CNI_ARGS, and requirePodObject is set',
      );
    const attachment = await attachments.attach(request);
    onChange();
    return this.#resultOf(attachment);
  }

  async delete(request: DetachRequest): Promise<void> {
    await this.#detach(request);
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

  /** What a reconciler that pods need cannot do is missing for attached pods, too. */
  status(): Promise<readonly StatusReason[]> {
    return Promise.resolve([
      ...this.#options.failures().map(sentence => ({ sentence, limitsAttached: true })),
      ...this.#addressProblems().map(sentence => ({ sentence, limitsAttached: false })),
    ]);
  }

  #addressProblems(): readonly string[] {
    const { config, cluster, ipam } = this.#options;
    const cidrs = cluster().nodes.get(config.nodeName)?.podCidrs ?? [];
    if (cidrs.length === 0)
      return [`node ${config.nodeName} has no pod CIDR yet: its Node object must name one`];
    const reservations = reservationsOf(cluster());
    const exhausted = ipam.exhausted(addr => reservations.has(addr));
    if (exhausted.length === 0) return [];
    return [`no address is left in ${exhausted.join(', ')}: delete pods, or give the node another pod CIDR`];
  }

  async #detach(key: AttachmentKey): Promise<void> {
    const detached = this.#options.attachments.detach(key);
    this.#options.onChange();
    await detached;
  }

  #resultOf({ hostInterface, ifname, podMac, mtu, addresses }: Attachment): AttachResult {
    return {
      hostInterface: { name: hostInterface, mac: gatewayMac(this.#options.config.nodeName), mtu },
      podInterface: { name: ifname, mac: podMac, mtu },
      addresses,
    };
  }
}
