// Pods of this node: given an interface and addresses, taken away again, compared. Each in one turn of the event loop.
import { createHash } from 'node:crypto';
import { getLink, type RtnetlinkSocket } from 'rtnetlink';
import type { Config } from '../config.ts';
import type { Datapath } from '../datapath/datapath.ts';
import { DataplaneError } from '../errors.ts';
import { ownerName, type AttachmentDraft, type Ipam } from '../ipam/ipam.ts';
import { reservationsOf } from '../ipam/reservations.ts';
import { setRow } from '../maps/encoded-rows.ts';
import type { Addr } from '../model/addr.ts';
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import type { LocalPod } from '../model/dataplane-input.ts';
import { portRow } from '../model/dataplane-tables.ts';
import { gatewayMac, podMac } from '../model/derived-macs.ts';
import { localEndpointRow } from '../model/endpoint-rows.ts';
import { podKey, type ClusterState } from '../model/objects.ts';
import { checkPod } from '../network/check-pod.ts';
import { attachPod, detachPod, type PodInterface } from '../network/pod-interface.ts';
import { PodRemoval } from '../network/pod-removal.ts';
import { checkDatapath } from './check-datapath.ts';
import { portEntry } from './encode-rows.ts';
import type { NodePolicy } from './node-policy.ts';
import type { NodeState } from './reconciler.ts';

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
  /** The node as the last pass left it; throws `NOT_READY` before the first. */
  readonly ready: () => { readonly state: NodeState; readonly datapath: Datapath };
}

/** Name of a pod's interface on the host: the same for every ADD of one attachment, within 15 characters. */
export function hostInterfaceName({ containerId, ifname }: AttachmentKey): string {
  return `hd${createHash('sha256').update(`${containerId}/${ifname}`).digest('hex').slice(0, 11)}`;
}

export class PodAttachments implements Disposable {
  readonly #options: PodAttachmentsOptions;
  readonly #removal: PodRemoval;
  readonly #local = new Map<string, LocalPod>();
  /** By `attachmentId`. */
  readonly #going = new Map<string, Promise<void>>();

  constructor(options: PodAttachmentsOptions) {
    this.#options = options;
    this.#removal = new PodRemoval({
      socket: options.socket,
      // The device takes its links along, and each of them waits for a grace period of its own.
      around: deletion => options.ready().datapath.expeditedUntil(deletion),
    });
  }

  /** Those in force now. */
  get localPods(): readonly LocalPod[] {
    return [...this.#local.values()];
  }

  /** Takes up what a pass has found; pods that came or went while it waited are as they are now. */
  notePass(found: readonly LocalPod[]): void {
    const { ipam } = this.#options;
    for (const pod of found) {
      const known = this.#local.get(attachmentId(pod.attachment));
      const isSame = known?.ifindex === pod.ifindex && known.slowPath === pod.slowPath;
      if (!isSame && ipam.get(pod.attachment)?.phase === 'attached')
        this.#local.set(attachmentId(pod.attachment), pod);
    }
    for (const [id, { attachment }] of this.#local)
      if (ipam.get(attachment)?.phase !== 'attached') this.#local.delete(id);
  }

  /** Resolves when `attach` and `register` can do their work, which they do in the same turn of the event loop. */
  settled(): Promise<void> {
    return this.#options.policy.settled();
  }

  /** Nothing passes before policy, rows and programs are there, and nothing is left when it throws. */
  attach(wish: PodWish): Attachment {
    const { ipam, socket } = this.#options;
    const { state, datapath } = this.#options.ready();
    const attachment = ipam.allocate(this.#draft(wish, state), this.#addressRequest(wish));
    try {
      attachPod(socket, this.#interfaceOf(attachment, wish.netns), links => {
        this.#putInForce({ attachment, ifindex: links.hostIfindex, slowPath: false }, state, datapath);
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
    const { state, datapath } = this.#options.ready();
    const ifindex = getLink(socket, draft.hostInterface)?.index;
    if (ifindex === undefined)
      throw new DataplaneError(
        'INVALID_REQUEST',
        `host_interface: no device is named '${draft.hostInterface}'`,
      );
    const attachment = ipam.allocate(draft, this.#addressRequest({ ...draft, addresses }));
    try {
      this.#putInForce({ attachment, ifindex, slowPath: false }, state, datapath);
      return ipam.attach(attachment);
    } catch (error) {
      this.#remove(attachment);
      throw error;
    }
  }

  /** Nothing passes when it returns, nothing is left when it resolves: then its addresses rest. */
  detach(key: AttachmentKey): Promise<void> {
    const id = attachmentId(key);
    const attachment = this.#options.ipam.get(key);
    if (attachment === undefined) return Promise.resolve();
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
    const { socket, ready } = this.#options;
    const network = checkPod(socket, this.#interfaceOf(attachment, netns));
    const ifindex = getLink(socket, attachment.hostInterface)?.index ?? 0;
    return [...network, ...checkDatapath(attachment, ifindex, ready())];
  }

  /** What a crash in the middle of an ADD has left: nobody was answered, so nobody has it. */
  removeUnfinished(): Attachment[] {
    const unfinished = [...this.#options.ipam.attachments.values()].filter(one => one.phase === 'allocated');
    for (const attachment of unfinished) this.#remove(attachment);
    return unfinished;
  }

  /** Not before every `detach` has resolved. */
  [Symbol.dispose](): void {
    this.#removal[Symbol.dispose]();
  }

  async #detach(attachment: Attachment): Promise<void> {
    const { ipam } = this.#options;
    this.#closePod(attachment);
    const withdrawn = attachment.phase === 'attached' ? ipam.withdraw(attachment) : attachment;
    await this.#removal.remove(attachment.hostInterface);
    this.#options.ready().datapath.forgetPodDevice(attachment.hostInterface);
    ipam.release(withdrawn);
  }

  #remove(attachment: Attachment): void {
    const { ipam, socket } = this.#options;
    const { datapath } = this.#options.ready();
    this.#closePod(attachment);
    if (attachment.netns === undefined) datapath.detachPodDevice(attachment.hostInterface);
    else {
      datapath.expedited(() => detachPod(socket, attachment.hostInterface));
      datapath.forgetPodDevice(attachment.hostInterface);
    }
    ipam.release(attachment);
  }

  /** Its rows go: from then on the pod sends and receives nothing. */
  #closePod(attachment: Attachment): void {
    const { datapath } = this.#options.ready();
    this.#options.policy.removePod(attachment);
    for (const [key, port] of datapath.maps.hd_port.entries())
      if (port.podSlot === attachment.podSlot) datapath.maps.hd_port.delete(key);
    this.#local.delete(attachmentId(attachment));
  }

  #putInForce(local: LocalPod, { input }: NodeState, datapath: Datapath): void {
    const { policy } = this.#options;
    const { attachment, ifindex } = local;
    policy.addPod(attachment);
    datapath.attachPodDevice({ ifindex, name: attachment.hostInterface });
    for (const addr of attachment.addresses) policy.putEndpoint(localEndpointRow(input, local, addr));
    setRow(datapath.maps.hd_port, ...portEntry(portRow(input, local)));
    policy.podIsThere();
    this.#local.set(attachmentId(attachment), local);
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

  /** A reservation that the same pod's previous sandbox still holds is not waited for: it gets others. */
  #addressRequest(wish: Pick<PodWish, 'addresses' | 'pod' | 'containerId'>) {
    const reservations = reservationsOf(this.#options.cluster());
    const object = wish.pod && this.#options.cluster().pods.get(podKey(wish.pod));
    const owner = ownerName(wish);
    const held = new Set(
      [...this.#options.ipam.attachments.values()]
        .filter(one => ownerName(one) === owner)
        .flatMap(one => one.addresses),
    );
    const reserved = (object?.addresses ?? []).filter(addr => !held.has(addr));
    const wanted = wish.addresses.length > 0 ? wish.addresses : reserved;
    return { wanted, reservedFor: (addr: Addr) => reservations.get(addr) };
  }

  #interfaceOf(attachment: Attachment, netns: string): PodInterface {
    if (netns === '')
      throw new DataplaneError(
        'NETNS_MISSING',
        `container ${attachment.containerId} has no network namespace`,
      );
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
