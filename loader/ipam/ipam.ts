// The node's attachments and addresses. An allocation is on disk before it is returned.
import type { Addr, Cidr } from 'ip';
import { bootClockMs } from '../async/boot-clock.ts';
import { HeddleError } from '../errors.ts';
import {
  attachmentId,
  type Attachment,
  type AttachmentKey,
  type LostAttachment,
} from '../model/attachment.ts';
import type { AttachmentDraft } from './attachment-draft.ts';
import { AttachmentStore, type ReleasedAttachment } from './attachment-store.ts';
import type { IpamOptions } from './ipam-options.ts';
import { contradicted } from './contradicted.ts';
import { Cooldown } from './cooldown.ts';
import { HeldAddresses } from './held-addresses.ts';
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
import { ownerName } from './owner-name.ts';
import { PodIds } from './pod-ids.ts';

export class Ipam {
  readonly #options: IpamOptions;
  readonly #now: () => number;
  readonly #store: AttachmentStore;
  readonly #pool = createAddressPool();
  /** Of devices without an attachment. */
  readonly held = new HeldAddresses(this.#pool);
  readonly #attachments = new Map<string, Attachment>();
  /** Whose removal has begun, whatever their records say. */
  readonly #closing = new Set<string>();
  readonly podIds = new PodIds();
  readonly #cooldown = new Cooldown();
  /** One sentence for each damaged record that was found at the start. */
  readonly problems: readonly string[];
  /** Attachments of an earlier boot whose devices do not exist; released at the start. */
  readonly dropped: readonly Attachment[];

  /** Reads the directory. Throws `IO` when it cannot be used. */
  constructor(options: IpamOptions) {
    this.#options = options;
    this.#now = options.now ?? bootClockMs;
    this.#store = new AttachmentStore(options.directory);
    const { attachments, cooldown, problems } = this.#store.read();
    this.problems = problems;
    const podIds = new Set(attachments.map(({ podId }) => podId));
    for (const released of cooldown)
      if (podIds.has(released.attachment.podId)) this.#cooldown.expire(released);
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
      podId: this.podIds.allocate(),
      bootId: this.#options.bootId,
      createdAtMs: Date.now(),
      phase: 'allocated',
    };
    try {
      this.#store.put(attachment);
    } catch (error) {
      for (const addr of addresses) freeAddress(this.#pool, addr);
      this.podIds.free(attachment.podId);
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

  /**
   * Records an attachment whose record was lost. A record of a container that is gone (an older copy of the directory was
   * put back) gives way. Returns undefined when one of its addresses belongs to a live attachment.
   */
  restore(lost: LostAttachment, isLive: (attachment: Attachment) => boolean): Attachment | undefined {
    const claimants = this.#claimantsOf(lost.addresses);
    if (claimants.some(isLive)) return undefined;
    for (const claimant of claimants) this.release(claimant);
    if (lost.addresses.some(addr => this.#pool.inUse.has(addr))) return undefined;
    const { podId, ...rest } = lost;
    const isFree = podId !== undefined && !this.podIds.has(podId);
    const attachment: Attachment = {
      ...rest,
      podId: isFree ? podId : this.podIds.allocate(),
      bootId: this.#options.bootId,
      createdAtMs: Date.now(),
      phase: 'attached',
    };
    this.#adopt(attachment); // first: on a full disk the address is held all the same
    this.#store.put(attachment);
    return attachment;
  }

  /** Releases records that cannot be true beside those of living containers. Returns them. */
  releaseContradicted(isLive: (attachment: Attachment) => boolean): readonly Attachment[] {
    const released = contradicted(this.#attachments.values(), isLive);
    for (const one of released) this.release(one);
    return released;
  }

  /** Writes records anew whose files are gone. Returns them. Throws `IO` when no record could be written now. */
  rewriteLost(): readonly Attachment[] {
    this.#store.assertWritable();
    const lost = [...this.#attachments.values()].filter(attachment => !this.#store.has(attachment));
    for (const attachment of lost) this.#store.put(attachment);
    return lost;
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
    for (const other of this.#claimantsOf(attachment.addresses)) this.#adopt(other); // two records had one address
    for (const ended of this.#cooldown.drain()) this.#store.delete(ended);
    return attachment;
  }

  #claimantsOf(addresses: readonly Addr[]): Attachment[] {
    return [...this.#attachments.values()].filter(one =>
      one.addresses.some(addr => addresses.includes(addr)),
    );
  }

  #adopt(attachment: Attachment): void {
    this.#attachments.set(attachmentId(attachment), attachment);
    this.podIds.add(attachment.podId);
    for (const addr of attachment.addresses) markInUse(this.#pool, addr, ownerName(attachment));
  }

  /** A time of an earlier boot, or of the wall clock as 0.1 wrote it, may be ahead of this clock: its cooldown begins now. */
  #ofThisBoot(released: ReleasedAttachment): ReleasedAttachment {
    return { ...released, releasedAtMs: Math.min(released.releasedAtMs, this.#now()) };
  }

  #startCooldown(released: ReleasedAttachment): void {
    this.#cooldown.start(released);
    this.podIds.add(released.attachment.podId);
    for (const addr of released.attachment.addresses) freeAddress(this.#pool, addr);
  }

  /** A reboot takes every device; a path may lead to what is there since. Within one boot only DEL ends an attachment. */
  #isStale({ bootId, netns, hostInterface }: Attachment): boolean {
    const { bootId: current, deviceExists } = this.#options;
    return bootId !== current && (netns === undefined || !deviceExists(hostInterface));
  }

  #endCooldowns(): void {
    const ended = this.#cooldown.endUntil(this.#now() - this.#options.reuseDelayMs);
    if (ended.length === 0) return;
    const used = new Set([...this.#attachments.values()].map(({ podId }) => podId));
    for (const { attachment } of ended) {
      if (!used.has(attachment.podId)) this.podIds.free(attachment.podId);
      for (const addr of attachment.addresses) endCooldown(this.#pool, addr);
    }
  }
}
