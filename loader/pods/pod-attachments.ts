// Pods of this node: given an interface and addresses, taken away again, compared. Each in one turn of the event loop.
import type { Addr } from 'ip';
import { getLink, type LinkId, type RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import { HeddleError } from '../errors.ts';
import { ownerName, type AttachmentDraft, type Ipam } from '../ipam/ipam.ts';
import type { AddressRequest } from '../ipam/address-pool.ts';
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import type { LocalPod } from '../model/tables-input.ts';
import { gatewayMac, podMac } from '../model/derived-macs.ts';
import type { ClusterState } from '../model/objects.ts';
import { checkPod } from '../network/check-pod.ts';
import { attachPod, detachPod, type PodInterface } from '../network/pod-interface.ts';
import { DEFAULT_NAMES } from '../network/names.ts';
import { podOwnerOf } from '../network/pod-links.ts';
import { PodRemoval } from '../network/pod-removal.ts';
import { removePodRoutes, routedPod, setPodRoutes } from '../network/pod-routes.ts';
import { addressRequest, type AddressWish } from './address-request.ts';
import { checkDatapath } from './check-datapath.ts';
import { hostInterfaceName, recoveredKey } from './host-interface.ts';
import type { NodePolicy } from '../policy-writer/node-policy.ts';
import type { LocalPods } from '../reconcilers/local-pods.ts';
import type { NodeState } from '../reconcilers/node-state.ts';

export interface PodWish extends AttachmentKey {
  readonly netns: string;
  readonly network: string;
  readonly pod?: { readonly namespace: string; readonly name: string; readonly uid?: string };
  /** Asked for by value, at most one a family; the pod object's own reservations come after them. */
  readonly addresses: readonly Addr[];
}

export interface PodAttachmentsOptions {
  readonly config: Config;
  readonly socket: RtnetlinkSocket;
  readonly ipam: Ipam;
  readonly policy: NodePolicy;
  readonly cluster: () => ClusterState;
  readonly localPods: LocalPods;
  /** The node as its tables were last written; throws `NOT_READY` before that. */
  readonly state: () => NodeState;
}

export class PodAttachments implements Disposable {
  readonly #options: PodAttachmentsOptions;
  readonly #removal: PodRemoval;
  /** By `attachmentId`. */
  readonly #going = new Map<string, Promise<void>>();

  constructor(options: PodAttachmentsOptions) {
    this.#options = options;
    this.#removal = new PodRemoval({
      socket: options.socket,
      // The device takes its links along, and each of them waits for a grace period of its own.
      around: deletion => options.state().writers.programs.expeditedUntil(deletion),
    });
  }

  /** Resolves when `attach` and `register` can do their work, which they do in the same turn of the event loop. */
  settled(): Promise<void> {
    return this.#options.policy.whenIdle();
  }

  /** Also one that was rebuilt from its device, whose record does not have the runtime's key. */
  find(key: AttachmentKey): Attachment | undefined {
    const { ipam } = this.#options;
    return ipam.get(key) ?? ipam.get(recoveredKey(hostInterfaceName(key)));
  }

  /** Nothing passes before policy, rows and programs are there, and nothing is left when it throws. */
  attach(wish: PodWish): Attachment {
    const { ipam, socket } = this.#options;
    const state = this.#options.state();
    if (this.find(wish) !== undefined)
      throw new HeddleError('ENDPOINT_EXISTS', `container ${wish.containerId} has ${wish.ifname} already`);
    const attachment = ipam.allocate(this.#draft(wish, state), this.#addressRequest(wish));
    try {
      attachPod(socket, this.#interfaceOf(attachment, wish.netns), links => {
        this.#activate({ attachment, ifindex: links.hostIfindex, slowPath: false }, state);
      });
      return ipam.attach(attachment);
    } catch (error) {
      this.#remove(attachment);
      throw error;
    }
  }

  /** A pod whose interface the caller has made itself. Throws `INVALID_REQUEST` when it is not there. */
  register(draft: AttachmentDraft, addresses: readonly Addr[]): Attachment {
    const { ipam, socket } = this.#options;
    const state = this.#options.state();
    const link = getLink(socket, draft.hostInterface);
    if (link === undefined)
      throw new HeddleError('INVALID_REQUEST', `host_interface: no device is named '${draft.hostInterface}'`);
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

  /** Nothing passes when it returns, nothing is left when it resolves: then its addresses rest. */
  detach(key: AttachmentKey): Promise<void> {
    const attachment = this.find(key);
    if (attachment === undefined) return Promise.resolve();
    const id = attachmentId(attachment);
    const going = this.#going.get(id) ?? this.#detach(attachment).finally(() => this.#going.delete(id));
    this.#going.set(id, going);
    return going;
  }

  /** As `detach`, of a pod whose interface the caller has made; false when there was none. */
  unregister(key: AttachmentKey): boolean {
    const attachment = this.#options.ipam.get(key);
    if (attachment !== undefined) this.#remove(attachment);
    return attachment !== undefined;
  }

  /** One sentence for each difference between what was recorded and what is there. */
  check(attachment: Attachment, netns: string): string[] {
    const { socket, state } = this.#options;
    const network = checkPod(socket, this.#interfaceOf(attachment, netns));
    const ifindex = getLink(socket, attachment.hostInterface)?.index ?? 0;
    return [...network, ...checkDatapath(attachment, ifindex, state())];
  }

  /** What a crash in the middle of an ADD has left: nobody was answered, so nobody has it. */
  removeUnfinished(): readonly Attachment[] {
    const { unfinished } = this.#options.ipam;
    for (const attachment of unfinished) this.#remove(attachment);
    return unfinished;
  }

  /** Not before every `detach` has resolved. */
  [Symbol.dispose](): void {
    this.#removal[Symbol.dispose]();
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

  /** By its name, or by its index where somebody has renamed it. */
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

  /**
   * Its rows go: from then on the pod sends and receives nothing. It stays so whatever fails after that: it is not
   * attached any more, and a device that is to be deleted keeps its programs until it is.
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

  /** Its device is up. */
  #setRoutes(local: LocalPod): void {
    const batch = this.#options.socket.batch();
    setPodRoutes(batch, routedPod(local), DEFAULT_NAMES.routeProtocol);
    batch.commit();
  }

  /** Of a device that stays: the host would go on handing it what is for its addresses. */
  #removeRoutes(local: LocalPod): void {
    removePodRoutes(this.#options.socket, routedPod(local), DEFAULT_NAMES.routeProtocol);
  }

  #draft(wish: PodWish, state: NodeState): AttachmentDraft {
    return {
      containerId: wish.containerId,
      ifname: wish.ifname,
      netns: wish.netns,
      hostInterface: hostInterfaceName(wish),
      podMac: podMac(wish.containerId, wish.ifname),
      mtu: state.podMtu,
      network: wish.network,
      ...(wish.pod !== undefined && { pod: wish.pod }),
    };
  }

  #addressRequest(wish: AddressWish): Omit<AddressRequest, 'owner'> {
    const { cluster, ipam } = this.#options;
    return addressRequest(wish, cluster(), ipam.attachments.values());
  }

  #interfaceOf(attachment: Attachment, netns: string): PodInterface {
    if (netns === '')
      throw new HeddleError('NETNS_MISSING', `container ${attachment.containerId} has no network namespace`);
    return {
      netns,
      ifname: attachment.ifname,
      hostInterface: attachment.hostInterface,
      podMac: attachment.podMac,
      gatewayMac: gatewayMac(this.#options.config.nodeName),
      mtu: attachment.mtu,
      addresses: attachment.addresses,
      owner: ownerName(attachment),
    };
  }
}
