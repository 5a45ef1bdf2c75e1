// The node's attachments and addresses. An allocation is on disk before it is returned.
import type { Addr, Cidr } from 'ip';
import { bootClockMs } from '../async/boot-clock.ts';
import { HeddleError } from '../errors.ts';
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import { AttachmentStore, type ReleasedAttachment } from './attachment-store.ts';
import {
  allocateAddresses,
  createAddressPool,
  endCooldown,
  freeAddress,
  setPoolCidrs,
  markInUse,
} from './pool.ts';
import { exhaustedCidrs } from './pool-capacity.ts';
import type { AddressRequest } from './address-pool.ts';
import { PodSlots } from './pod-slots.ts';

export interface IpamOptions {
  /** `stateDir` of the configuration. */
  readonly directory: string;
  /** /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
  readonly reuseDelayMs: number;
  /** Whether a network namespace exists at that path. */
  readonly netnsExists: (path: string) => boolean;
  /** Milliseconds of the boot clock: a cooldown spans restarts of the daemon, and no step of the wall clock ends it. */
  readonly now?: () => number;
}

/** An attachment before it has addresses and a pod slot. */
export type AttachmentDraft = Omit<Attachment, 'addresses' | 'podSlot' | 'bootId' | 'createdAtMs' | 'phase'>;

/** What is known of an attachment whose record is lost; without a pod slot it gets a new one. */
export type LostAttachment = Omit<Attachment, 'podSlot' | 'bootId' | 'createdAtMs' | 'phase'> &
  Partial<Pick<Attachment, 'podSlot'>>;

export class Ipam {
  readonly #options: IpamOptions;
  readonly #now: () => number;
  readonly #store: AttachmentStore;
  readonly #pool = createAddressPool();
  readonly #attachments = new Map<string, Attachment>();
  /** Whose removal has begun, whatever their records say. */
  readonly #closing = new Set<string>();
  readonly podSlots = new PodSlots();
  readonly #cooldown: ReleasedAttachment[] = []; // in the order of release
  /** Past their cooldown. The next release deletes their files, so that ADD does not wait for unlink(2). */
  readonly #expired: ReleasedAttachment[] = [];
  /** One sentence for each damaged record that was found at the start. */
  readonly problems: readonly string[];
  /** Attachments of an earlier boot whose network namespace no longer exists; released at the start. */
  readonly dropped: readonly Attachment[];

  /** Reads the directory. Throws `IO` when it cannot be used. */
  constructor(options: IpamOptions) {
    this.#options = options;
    this.#now = options.now ?? bootClockMs;
    this.#store = new AttachmentStore(options.directory);
    const { attachments, cooldown, problems } = this.#store.read();
    this.problems = problems;
    const slots = new Set(attachments.map(({ podSlot }) => podSlot));
    for (const released of cooldown)
      if (slots.has(released.attachment.podSlot))
        this.#expired.push(released); // its pod slot was allocated again, so its cooldown was over
      else this.#startCooldown(this.#ofThisBoot(released));
    for (const attachment of attachments) this.#adopt(attachment); // last: it may have the address of an earlier release
    this.dropped = attachments.filter(attachment => this.#isStale(attachment));
    for (const attachment of this.dropped) this.release(attachment);
  }

  /** Of both phases, by `attachmentId`. */
  get attachments(): ReadonlyMap<string, Attachment> {
    return this.#attachments;
  }

  /** In phase `attached`, and not being removed. */
  get attached(): readonly Attachment[] {
    return [...this.#attachments.values()].filter(one => this.#isAttached(one));
  }

  /** The others: their ADD has not succeeded, or their removal has begun. */
  get unfinished(): readonly Attachment[] {
    return [...this.#attachments.values()].filter(one => !this.#isAttached(one));
  }

  get(key: AttachmentKey): Attachment | undefined {
    return this.#attachments.get(attachmentId(key));
  }

  setCidrs(cidrs: readonly Cidr[]): void {
    setPoolCidrs(this.#pool, cidrs);
  }

  /** Writes and removes a file of a record's size, in directories that are made again. Throws `IO` when that fails. */
  probe(): void {
    this.#store.probe();
  }

  /** Prefixes of a family that has no address left for a pod without a reservation. */
  exhausted(isReserved: (addr: Addr) => boolean): readonly Cidr[] {
    return exhaustedCidrs(this.#pool, isReserved);
  }

  /** Returns the attachment in phase `allocated`, on disk. Changes nothing when it throws (`ENDPOINT_EXISTS`, `ADDRESS_EXHAUSTED`, …). */
  allocate(draft: AttachmentDraft, request: Omit<AddressRequest, 'owner'>): Attachment {
    this.#endCooldowns();
    const { containerId, ifname } = draft;
    if (this.get(draft) !== undefined)
      throw new HeddleError('ENDPOINT_EXISTS', `container ${containerId} has an interface ${ifname} already`);
    const addresses = allocateAddresses(this.#pool, { ...request, owner: ownerName(draft) });
    const attachment: Attachment = {
      ...draft,
      addresses,
      podSlot: this.podSlots.allocate(),
      bootId: this.#options.bootId,
      createdAtMs: Date.now(),
      phase: 'allocated',
    };
    try {
      this.#store.put(attachment);
    } catch (error) {
      for (const addr of addresses) freeAddress(this.#pool, addr);
      this.podSlots.free(attachment.podSlot);
      throw error;
    }
    this.#attachments.set(attachmentId(draft), attachment);
    return attachment;
  }

  /** Moves an allocated attachment to phase `attached`. */
  attach(key: AttachmentKey): Attachment {
    return this.#setPhase(key, 'attached');
  }

  /** Moves an attached one back to phase `allocated`: it is released next, or at the next start after a crash. */
  withdraw(key: AttachmentKey): Attachment {
    return this.#setPhase(key, 'allocated');
  }

  /** Records another MAC of the pod's interface. On a directory that cannot be written it is known until the next start. */
  setMac(key: AttachmentKey, podMac: Attachment['podMac']): Attachment | undefined {
    const known = this.get(key);
    if (known === undefined) return undefined;
    const attachment = { ...known, podMac };
    this.#attachments.set(attachmentId(key), attachment);
    try {
      this.#store.put(attachment);
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error; // else: a condition of readiness says so
    }
    return attachment;
  }

  /** From now on it is not attached, also if the directory cannot be written: `withdraw` or `release` may then fail. */
  close(key: AttachmentKey): void {
    this.#closing.add(attachmentId(key));
  }

  /** Records an attachment whose record was lost. Returns undefined when one of its addresses is another's. */
  restore(lost: LostAttachment): Attachment | undefined {
    if (lost.addresses.some(addr => this.#pool.inUse.has(addr))) return undefined;
    const { podSlot: slot, ...rest } = lost;
    const isSlotFree = slot !== undefined && !this.podSlots.has(slot);
    const attachment: Attachment = {
      ...rest,
      podSlot: isSlotFree ? slot : this.podSlots.allocate(),
      bootId: this.#options.bootId,
      createdAtMs: Date.now(),
      phase: 'attached',
    };
    this.#adopt(attachment); // first: on a full disk the address is held all the same
    this.#store.put(attachment);
    return attachment;
  }

  /** Keeps addresses from being allocated that a device without an attachment may still use. */
  hold(addresses: readonly Addr[], owner: string): void {
    for (const addr of addresses) if (!this.#pool.inUse.has(addr)) markInUse(this.#pool, addr, owner);
  }

  #isAttached(attachment: Attachment): boolean {
    return attachment.phase === 'attached' && !this.#closing.has(attachmentId(attachment));
  }

  #setPhase(key: AttachmentKey, phase: Attachment['phase']): Attachment {
    const known = this.get(key);
    if (known === undefined)
      throw new HeddleError(
        'ENDPOINT_MISSING',
        `container ${key.containerId} has no interface ${key.ifname}`,
      );
    const attachment = this.#store.setPhase(known, phase);
    this.#attachments.set(attachmentId(key), attachment);
    return attachment;
  }

  /** Starts the cooldown of its addresses. Returns the released attachment; `undefined`: there was none. */
  release(key: AttachmentKey): Attachment | undefined {
    const attachment = this.get(key);
    if (attachment === undefined) return undefined;
    this.#startCooldown(this.#store.release(attachment, this.#now()));
    this.#attachments.delete(attachmentId(key));
    this.#closing.delete(attachmentId(key));
    for (const expired of this.#expired.splice(0)) this.#store.delete(expired);
    return attachment;
  }

  #adopt(attachment: Attachment): void {
    this.#attachments.set(attachmentId(attachment), attachment);
    this.podSlots.add(attachment.podSlot);
    for (const addr of attachment.addresses) markInUse(this.#pool, addr, ownerName(attachment));
  }

  /** A time of an earlier boot, or of the wall clock as 0.1 wrote it, may be ahead of this clock: its cooldown begins now. */
  #ofThisBoot(released: ReleasedAttachment): ReleasedAttachment {
    return { ...released, releasedAtMs: Math.min(released.releasedAtMs, this.#now()) };
  }

  #startCooldown(released: ReleasedAttachment): void {
    this.#cooldown.push(released);
    this.podSlots.add(released.attachment.podSlot);
    for (const addr of released.attachment.addresses) freeAddress(this.#pool, addr);
  }

  /** A reboot ends every container. Within one boot only the runtime's DEL ends an attachment. */
  #isStale({ bootId, netns }: Attachment): boolean {
    const { bootId: current, netnsExists } = this.#options;
    return bootId !== current && (netns === undefined || !netnsExists(netns));
  }

  #endCooldowns(): void {
    const releasedBefore = this.#now() - this.#options.reuseDelayMs;
    for (let oldest = this.#cooldown[0]; oldest !== undefined; oldest = this.#cooldown[0]) {
      if (oldest.releasedAtMs > releasedBefore) return;
      this.#expired.push(oldest);
      this.podSlots.free(oldest.attachment.podSlot);
      for (const addr of oldest.attachment.addresses) endCooldown(this.#pool, addr);
      this.#cooldown.shift();
    }
  }
}

/** The name by which reservations and errors refer to the owner of an address. */
export function ownerName({ pod, containerId }: Pick<Attachment, 'pod' | 'containerId'>): string {
  return pod === undefined ? `container ${containerId}` : `pod ${pod.namespace}/${pod.name}`;
}
