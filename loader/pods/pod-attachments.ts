// Attaches, detaches and checks pods of this node. What lets packets pass is written within one tick of the event loop.
import type { Addr } from 'ip';
import { getLink } from 'rtnetlink';
import type { Config } from '../config.ts';
import { HeddleError } from '../errors.ts';
import type { AttachmentDraft } from '../ipam/attachment-draft.ts';
import { ownerName } from '../ipam/owner-name.ts';
import type { Reservations } from '../ipam/reservations.ts';
import type { AddressRequest } from '../ipam/address-pool.ts';
import type { Attachment, AttachmentKey } from '../model/attachment.ts';
import type { LocalPod } from '../model/tables-input.ts';
import type { ClusterState } from '../model/objects.ts';
import { checkPod } from '../network/check-pod.ts';
import { whenPodCanSend } from '../network/pod-queue.ts';
import { detachPod, makePod, setHostEndUp, type PodInterface } from '../network/pod-interface.ts';
import { DEFAULT_NAMES } from '../network/names.ts';
import { removePodRoutes, routedPod, setPodRoutes } from '../network/pod-routes.ts';
import { addressUses } from './address-uses.ts';
import { addressRequest, type AddressSpec, wantedAddresses } from './address-request.ts';
import { attachmentDraft, podInterface, type AttachmentSpec } from './attachment-draft.ts';
import { assertFirst } from './first-interface.ts';
import { checkTables } from './check-tables.ts';
import { assertOffUnderlay } from './off-underlay.ts';
import { closePod, deviceOf, type PodClosing } from './close-pod.ts';
import { type Detachment, Detachments } from './detachments.ts';
import { hostInterfaceName, recoveredKey } from './host-interface.ts';
import { conflictsWith, type Newcomer } from './removal-conflicts.ts';
import { untilWithdrawn } from './withdrawn-reservations.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import type { NodeState } from '../reconcilers/node-state.ts';

export interface PodAttachmentsOptions extends PodClosing {
  readonly config: Config;
  readonly policy: NodePolicy;
  readonly cluster: () => ClusterState;
  readonly reservations: Pick<Reservations, 'get' | 'within'>;
}

export class PodAttachments implements AsyncDisposable {
  readonly #options: PodAttachmentsOptions;
  readonly #detachments: Detachments;

  constructor(options: PodAttachmentsOptions) {
    this.#options = options;
    this.#detachments = new Detachments(options);
  }

  /**
   * Resolves when what earlier pods of this node have left in the way of this one has gone, devices and publications, and the
   * policy writer is idle; `attach` or `register` must be called in the same tick.
   */
  async whenReady(spec: AddressSpec & Pick<Newcomer, 'netns'>): Promise<void> {
    const { cluster, reservations, policy } = this.#options;
    const newcomer = { ...spec, addresses: wantedAddresses(spec, cluster()) };
    await this.#detachments.whenGone(going => conflictsWith(going, newcomer));
    await this.#untilWithdrawn(() =>
      newcomer.addresses
        .flatMap(addr => reservations.get(addr) ?? [])
        .filter(owner => owner !== ownerName(spec)),
    );
    await policy.whenIdle();
  }

  /** Includes attachments that were rebuilt from their devices, whose records lack the runtime's key. */
  find(key: AttachmentKey): Attachment | undefined {
    const { ipam } = this.#options;
    return ipam.get(key) ?? ipam.get(recoveredKey(hostInterfaceName(key)));
  }

  /** Once there is a pair, policy, rows, programs and the host's end up are one tick; then the pod can send. Undoes everything when it rejects. */
  async attach(spec: AttachmentSpec): Promise<Attachment> {
    const { ipam, socket, state } = this.#options;
    assertFirst(spec, this.find(spec), ipam.attachments.values());
    assertOffUnderlay(state().input);
    const attachment = ipam.allocate(attachmentDraft(spec, state().podMtu), this.#addressRequest(spec));
    try {
      const pod = this.#interfaceOf(attachment, spec.netns);
      const links = await makePod(socket, pod);
      await this.#options.policy.whenIdle();
      this.#activate({ attachment, ifindex: links.hostIfindex, slowPath: false }, state());
      setHostEndUp(socket, pod, links.hostIfindex);
      const attached = ipam.attach(attachment);
      await whenPodCanSend(socket, links);
      return attached;
    } catch (error) {
      // A device that was there before is another program's, or of an attachment that its DEL has yet to remove.
      if (error instanceof HeddleError && error.code === 'INTERFACE_EXISTS') this.#forget(attachment);
      else this.#remove(attachment);
      throw error;
    }
  }

  /** A pod whose interface was created by the caller. Throws `INVALID_REQUEST` when it does not exist. */
  register(draft: AttachmentDraft, addresses: readonly Addr[]): Attachment {
    const { ipam, socket } = this.#options;
    const state = this.#options.state();
    const link = getLink(socket, draft.hostInterface);
    if (link === undefined)
      throw new HeddleError('INVALID_REQUEST', `host_interface: no device is named '${draft.hostInterface}'`);
    ipam.held.release(draft.hostInterface); // its record was lost: now it is known whose the device is
    const attachment = ipam.allocate(draft, this.#addressRequest({ ...draft, addresses }));
    try {
      const local = { attachment, ifindex: link.index, slowPath: false };
      this.#activate(local, state);
      if (link.up) this.#setRoutes(local);
      return ipam.attach(attachment);
    } catch (error) {
      this.#remove(attachment);
      throw error;
    }
  }

  /** The pod's rows are removed when this returns: nothing of it passes any more. */
  detach(key: AttachmentKey): Detachment {
    return this.#detachments.begin(key, this.find(key));
  }

  /** Resolves when what all earlier pods of this node have left has gone, devices and publications. */
  async whenAllGone(): Promise<void> {
    const { cluster, reservations, config } = this.#options;
    await this.#detachments.whenGone();
    const own = cluster().nodes.get(config.nodeName)?.podCidrs ?? [];
    await this.#untilWithdrawn(() => reservations.within(own));
  }

  /** As `detach`, for a registered pod; false when there was none. */
  unregister(key: AttachmentKey): boolean {
    const attachment = this.#options.ipam.get(key);
    if (attachment !== undefined) this.#remove(attachment);
    return attachment !== undefined;
  }

  /** One sentence for each difference between the record and the kernel's state. */
  check(attachment: Attachment, netns: string): string[] {
    const { socket, state } = this.#options;
    const network = checkPod(socket, this.#interfaceOf(attachment, netns), { lowerMtu: true });
    const ifindex = getLink(socket, attachment.hostInterface)?.index ?? 0;
    return [...network, ...checkTables(attachment, ifindex, state())];
  }

  /** Removes attachments in phase `allocated` after a crash: their ADD was never answered, or their DEL had begun. */
  removeUnfinished(): readonly Attachment[] {
    const { unfinished } = this.#options.ipam;
    for (const attachment of unfinished) this.#remove(attachment);
    return unfinished;
  }

  /** Waits for the devices that are being removed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#detachments[Symbol.asyncDispose]();
  }

  #remove(attachment: Attachment): void {
    const { ipam, socket } = this.#options;
    const { programs } = this.#options.state().writers;
    const local = this.#options.localPods.get(attachment);
    const device = deviceOf(this.#options, attachment);
    if (attachment.netns === undefined && local !== undefined) this.#removeRoutes(local);
    closePod(this.#options, attachment);
    if (attachment.netns === undefined) programs.detachPodDevice(attachment.hostInterface);
    else {
      programs.expedited(() => detachPod(socket, device));
      programs.removePodDevicePins(attachment.hostInterface);
    }
    ipam.release(attachment);
  }

  /** One without a device. */
  #forget(attachment: Attachment): void {
    closePod(this.#options, attachment);
    this.#options.ipam.release(attachment);
  }

  #untilWithdrawn(owners: () => readonly string[]): Promise<void> {
    return untilWithdrawn(owners, () => this.#options.ipam.attachments.values());
  }

  #activate(local: LocalPod, { input, writers }: NodeState): void {
    this.#options.localPods.put(local);
    writers.addPod(input, local);
  }

  /** Call it only when the device is up: the kernel rejects a route over a device that is down. */
  #setRoutes(local: LocalPod): void {
    const batch = this.#options.socket.batch();
    setPodRoutes(batch, routedPod(local), DEFAULT_NAMES.routeProtocol);
    batch.commit();
  }

  /** A registered pod's device stays, and the host would still route the pod's addresses to it. */
  #removeRoutes(local: LocalPod): void {
    removePodRoutes(this.#options.socket, routedPod(local), DEFAULT_NAMES.routeProtocol);
  }

  #addressRequest(spec: AddressSpec): Omit<AddressRequest, 'owner'> {
    const { cluster, reservations, ipam, socket } = this.#options;
    for (const device of ipam.held.devices)
      if (getLink(socket, device) === undefined) ipam.held.release(device);
    const attachments = ipam.attachments.values();
    return addressRequest(spec, {
      cluster: cluster(),
      reservations,
      attachments,
      usedBy: addressUses(this.#options),
    });
  }

  #interfaceOf(attachment: Attachment, netns: string): PodInterface {
    return podInterface(attachment, netns, this.#options.config.nodeName);
  }
}
