// Attaches, detaches and checks pods of this node. Each state change is complete within one tick of the event loop.
import type { Addr } from 'ip';
import { getLink, type LinkId, type RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { HeddleError } from '../errors.ts';
import type { AttachmentDraft } from '../ipam/attachment-draft.ts';
import type { Ipam } from '../ipam/ipam.ts';
import type { AddressRequest } from '../ipam/address-pool.ts';
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import type { LocalPod } from '../model/tables-input.ts';
import type { ClusterState } from '../model/objects.ts';
import { checkPod } from '../network/check-pod.ts';
import { detachPod, makePod, setHostEndUp, type PodInterface } from '../network/pod-interface.ts';
import { DEFAULT_NAMES } from '../network/names.ts';
import { podOwnerOf } from '../network/pod-links.ts';
import { PodRemoval } from '../network/pod-removal.ts';
import { removePodRoutes, routedPod, setPodRoutes } from '../network/pod-routes.ts';
import { addressUses } from './address-uses.ts';
import { addressRequest, type AddressSpec } from './address-request.ts';
import { attachmentDraft, podInterface, type AttachmentSpec } from './attachment-draft.ts';
import { assertFirst } from './first-interface.ts';
import { checkTables } from './check-tables.ts';
import { hostInterfaceName, recoveredKey } from './host-interface.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import type { LocalPods } from '../reconcilers/local-pods.ts';
import type { NodeState } from '../reconcilers/node-state.ts';

export interface PodAttachmentsOptions {
  readonly config: Config;
  readonly socket: RtnetlinkSocket;
  readonly ipam: Ipam;
  readonly policy: NodePolicy;
  readonly cluster: () => ClusterState;
  readonly localPods: LocalPods;
  /** The state of the last write of the tables; throws `NOT_READY` before the first. */
  readonly state: () => NodeState;
}

export class PodAttachments implements Disposable {
  readonly #options: PodAttachmentsOptions;
  readonly #removal: PodRemoval;
  /** By `attachmentId`. */
  readonly #detaching = new Map<string, Promise<void>>();

  constructor(options: PodAttachmentsOptions) {
    this.#options = options;
    this.#removal = new PodRemoval({
      socket: options.socket,
      // The kernel detaches the device's bpf links with it, and each waits for an RCU grace period.
      around: deletion => options.state().writers.programs.expeditedUntil(deletion),
    });
  }

  /** Resolves when the policy writer is idle; `register` must be called in the same tick. */
  whenReady(): Promise<void> {
    return this.#options.policy.whenIdle();
  }

  /** Includes attachments that were rebuilt from their devices, whose records lack the runtime's key. */
  find(key: AttachmentKey): Attachment | undefined {
    const { ipam } = this.#options;
    return ipam.get(key) ?? ipam.get(recoveredKey(hostInterfaceName(key)));
  }

  /** The device is set up only after policy, rows and programs are written, in one tick. Undoes everything when it rejects. */
  async attach(spec: AttachmentSpec): Promise<Attachment> {
    const { ipam, socket, state } = this.#options;
    assertFirst(spec, this.find(spec), ipam.attachments.values());
    const attachment = ipam.allocate(attachmentDraft(spec, state().podMtu), this.#addressRequest(spec));
    try {
      const pod = this.#interfaceOf(attachment, spec.netns);
      const { hostIfindex: ifindex } = await makePod(socket, pod);
      await this.whenReady();
      this.#activate({ attachment, ifindex, slowPath: false }, state());
      setHostEndUp(socket, pod, ifindex);
      return ipam.attach(attachment);
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

  /** The pod's rows are removed when this returns. The device is removed and the cooldown has started when it resolves. */
  detach(key: AttachmentKey): Promise<void> {
    const attachment = this.find(key);
    const id = attachmentId(attachment ?? key);
    return this.#detaching.get(id) ?? this.#begin(id, key, attachment);
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

  /** Call it after every `detach` has resolved. */
  [Symbol.dispose](): void {
    this.#removal[Symbol.dispose]();
  }

  #begin(id: string, key: AttachmentKey, attachment: Attachment | undefined): Promise<void> {
    const removal = attachment === undefined ? this.#removeLost(key) : this.#detach(attachment);
    const detaching = removal.finally(() => this.#detaching.delete(id));
    this.#detaching.set(id, detaching);
    return detaching;
  }

  /** The device of an attachment that could not be rebuilt: it has been closed since the start. */
  async #removeLost(key: AttachmentKey): Promise<void> {
    const { ipam, socket, state } = this.#options;
    const name = hostInterfaceName(key);
    const link = getLink(socket, name);
    if (link === undefined || podOwnerOf(link) === undefined) return;
    await this.#removal.remove(name);
    state().writers.programs.removePodDevicePins(name);
    ipam.held.release(name);
  }

  async #detach(attachment: Attachment): Promise<void> {
    const { ipam } = this.#options;
    const device = this.#deviceOf(attachment);
    this.#closePod(attachment);
    this.#withdraw(attachment);
    await this.#removal.remove(device);
    this.#options.state().writers.programs.removePodDevicePins(attachment.hostInterface);
    ipam.release(attachment);
  }

  /** On a directory that cannot be written the pod goes all the same, and `release` says why its addresses stay taken. */
  #withdraw(attachment: Attachment): void {
    try {
      if (attachment.phase === 'attached') this.#options.ipam.withdraw(attachment);
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error;
    }
  }

  /** By its name, or by its index if it was renamed. */
  #deviceOf(attachment: Attachment): LinkId {
    const { socket, localPods } = this.#options;
    const { hostInterface } = attachment;
    const ifindex = localPods.get(attachment)?.ifindex;
    if (ifindex === undefined || getLink(socket, hostInterface) !== undefined) return hostInterface;
    const renamed = getLink(socket, ifindex);
    return renamed !== undefined && podOwnerOf(renamed) !== undefined ? ifindex : hostInterface;
  }

  #remove(attachment: Attachment): void {
    const { ipam, socket } = this.#options;
    const { programs } = this.#options.state().writers;
    const local = this.#options.localPods.get(attachment);
    const device = this.#deviceOf(attachment);
    if (attachment.netns === undefined && local !== undefined) this.#removeRoutes(local);
    this.#closePod(attachment);
    if (attachment.netns === undefined) programs.detachPodDevice(attachment.hostInterface);
    else {
      programs.expedited(() => detachPod(socket, device));
      programs.removePodDevicePins(attachment.hostInterface);
    }
    ipam.release(attachment);
  }

  /** One without a device. */
  #forget(attachment: Attachment): void {
    this.#closePod(attachment);
    this.#options.ipam.release(attachment);
  }

  /**
   * Removes the pod's rows: from then on its packets are dropped in both directions, whatever fails later. A device that
   * is to be deleted keeps its programs until it is.
   */
  #closePod(attachment: Attachment): void {
    const { ipam, localPods, state } = this.#options;
    state().writers.removePod(attachment, localPods.get(attachment)?.ifindex);
    ipam.close(attachment);
    if (attachment.netns === undefined) localPods.delete(attachment);
    else localPods.close(attachment);
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
    const { cluster, ipam, socket } = this.#options;
    for (const device of ipam.held.devices)
      if (getLink(socket, device) === undefined) ipam.held.release(device);
    const attachments = ipam.attachments.values();
    return addressRequest(spec, { cluster: cluster(), attachments, usedBy: addressUses(this.#options) });
  }

  #interfaceOf(attachment: Attachment, netns: string): PodInterface {
    return podInterface(attachment, netns, this.#options.config.nodeName);
  }
}
