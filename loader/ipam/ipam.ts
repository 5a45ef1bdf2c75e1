// The node's attachments and addresses: what is given is on disk before anybody hears of it.
import { HeddleError } from '../errors.ts';
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import type { Cidr } from '../model/cidr.ts';
import { AttachmentStore, type RestingAttachment } from './attachment-store.ts';
import {
  allocateAddresses,
  createAddressPool,
  forgetRested,
  releaseAddress,
  setPoolCidrs,
  takeAddress,
} from './pool.ts';
import type { AddressRequest } from './address-pool.ts';

export interface IpamOptions {
  /** `stateDir` of the configuration. */
  readonly directory: string;
  /** /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
  readonly restMs: number;
  /** Whether a network namespace exists at that path. */
  readonly netnsExists: (path: string) => boolean;
  /** Milliseconds of the wall clock: resting survives restarts. */
  readonly now?: () => number;
}

/** What an attachment is made of, before it has addresses and a slot. */
export type AttachmentDraft = Omit<Attachment, 'addresses' | 'podSlot' | 'bootId' | 'createdAtMs' | 'phase'>;

export class Ipam {
  readonly #options: IpamOptions;
  readonly #now: () => number;
  readonly #store: AttachmentStore;
  readonly #pool = createAddressPool();
  readonly #attachments = new Map<string, Attachment>();
  readonly #slots = new Set<number>();
  readonly #resting: RestingAttachment[] = []; // in the order of their release
  /** Their files go with the next release: an ADD has no time for them. */
  readonly #rested: RestingAttachment[] = [];
  /** One sentence for each record that was damaged at the start. */
  readonly problems: readonly string[];
  /** Attachments of an earlier boot whose network namespace is gone: released at the start. */
  readonly dropped: readonly Attachment[];

  /** Takes up what the directory holds. Throws `IO` when it cannot be used. */
  constructor(options: IpamOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#store = new AttachmentStore(options.directory);
    const { attachments, resting, problems } = this.#store.read();
    this.problems = problems;
    const slots = new Set(attachments.map(({ podSlot }) => podSlot));
    for (const rest of resting)
      if (slots.has(rest.attachment.podSlot))
        this.#rested.push(rest); // another has its slot: its rest was over
      else this.#noteResting(rest);
    for (const attachment of attachments) this.#adopt(attachment); // after those it may have an address from
    this.dropped = attachments.filter(attachment => this.#isDead(attachment));
    for (const attachment of this.dropped) this.release(attachment);
  }

  /** In either phase, by `attachmentId`. */
  get attachments(): ReadonlyMap<string, Attachment> {
    return this.#attachments;
  }

  /** In phase `attached`. */
  get attached(): readonly Attachment[] {
    return [...this.#attachments.values()].filter(({ phase }) => phase === 'attached');
  }

  get(key: AttachmentKey): Attachment | undefined {
    return this.#attachments.get(attachmentId(key));
  }

  setCidrs(cidrs: readonly Cidr[]): void {
    setPoolCidrs(this.#pool, cidrs);
  }

  /** The attachment in phase `allocated`, on disk. Throws `ENDPOINT_EXISTS`, `ADDRESS_EXHAUSTED`, … and changes nothing. */
  allocate(draft: AttachmentDraft, request: Omit<AddressRequest, 'owner'>): Attachment {
    this.#expire();
    const { containerId, ifname } = draft;
    if (this.get(draft) !== undefined)
      throw new HeddleError('ENDPOINT_EXISTS', `container ${containerId} has an interface ${ifname} already`);
    const addresses = allocateAddresses(this.#pool, { ...request, owner: ownerName(draft) });
    const attachment: Attachment = {
      ...draft,
      addresses,
      podSlot: this.#takeSlot(),
      bootId: this.#options.bootId,
      createdAtMs: this.#now(),
      phase: 'allocated',
    };
    try {
      this.#store.put(attachment);
    } catch (error) {
      for (const addr of addresses) releaseAddress(this.#pool, addr);
      this.#slots.delete(attachment.podSlot);
      throw error;
    }
    this.#attachments.set(attachmentId(draft), attachment);
    return attachment;
  }

  /** An allocated one, in phase `attached` from now on. */
  attach(key: AttachmentKey): Attachment {
    return this.#setPhase(key, 'attached');
  }

  /** An attached one, in phase `allocated` from now on: its release follows, also after a crash. */
  withdraw(key: AttachmentKey): Attachment {
    return this.#setPhase(key, 'allocated');
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

  /** Its addresses begin to rest. Answers what was released, `undefined` when there was nothing. */
  release(key: AttachmentKey): Attachment | undefined {
    const attachment = this.get(key);
    if (attachment === undefined) return undefined;
    this.#noteResting(this.#store.rest(attachment, this.#now()));
    this.#attachments.delete(attachmentId(key));
    for (const rested of this.#rested.splice(0)) this.#store.forget(rested);
    return attachment;
  }

  #adopt(attachment: Attachment): void {
    this.#attachments.set(attachmentId(attachment), attachment);
    this.#slots.add(attachment.podSlot);
    for (const addr of attachment.addresses) takeAddress(this.#pool, addr, ownerName(attachment));
  }

  #noteResting(resting: RestingAttachment): void {
    this.#resting.push(resting);
    this.#slots.add(resting.attachment.podSlot);
    for (const addr of resting.attachment.addresses) releaseAddress(this.#pool, addr);
  }

  /** A reboot ends every container; within one boot the runtime says when a container has ended. */
  #isDead({ bootId, netns }: Attachment): boolean {
    const { bootId: current, netnsExists } = this.#options;
    return bootId !== current && (netns === undefined || !netnsExists(netns));
  }

  #takeSlot(): number {
    let slot = 1;
    while (this.#slots.has(slot)) slot++;
    this.#slots.add(slot);
    return slot;
  }

  #expire(): void {
    const releasedBefore = this.#now() - this.#options.restMs;
    for (let rest = this.#resting[0]; rest !== undefined; rest = this.#resting[0]) {
      if (rest.releasedAtMs > releasedBefore) return;
      this.#rested.push(rest);
      this.#slots.delete(rest.attachment.podSlot);
      for (const addr of rest.attachment.addresses) forgetRested(this.#pool, addr);
      this.#resting.shift();
    }
  }
}

/** As reservations name it. */
export function ownerName({ pod, containerId }: Pick<Attachment, 'pod' | 'containerId'>): string {
  return pod === undefined ? `container ${containerId}` : `pod ${pod.namespace}/${pod.name}`;
}
