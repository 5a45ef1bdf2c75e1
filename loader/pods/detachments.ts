// Pods that go: nothing of theirs passes once it has begun, and their devices go afterwards, in groups.
import { getLink, type LinkId } from 'rtnetlink';
import { HeddleError } from '../errors.ts';
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import { podOwnerOf } from '../network/pod-links.ts';
import { PodRemoval } from '../network/pod-removal.ts';
import { closePod, deviceOf, type PodClosing } from './close-pod.ts';
import { hostInterfaceName } from './host-interface.ts';

export interface Detachment {
  /** Its record says that it goes: a crash from now on leaves nothing but work for the next start. */
  readonly isRecorded: boolean;
  /** Resolves when the device is removed and the cooldown of its addresses has started. */
  readonly gone: Promise<void>;
}

interface UnderWay extends Detachment {
  /** Undefined: the device of an attachment that could not be rebuilt. */
  readonly attachment: Attachment | undefined;
}

export class Detachments implements AsyncDisposable {
  readonly #options: PodClosing;
  readonly #removal: PodRemoval;
  /** By `attachmentId`. */
  readonly #underWay = new Map<string, UnderWay>();

  constructor(options: PodClosing) {
    this.#options = options;
    this.#removal = new PodRemoval({
      socket: options.socket,
      // The kernel detaches the device's bpf links with it, and each waits for an RCU grace period.
      around: deletion => options.state().writers.programs.expeditedUntil(deletion),
    });
  }

  /** The pod's rows are removed when this returns. The same one while it is under way. */
  begin(key: AttachmentKey, attachment: Attachment | undefined): Detachment {
    const id = attachmentId(attachment ?? key);
    const known = this.#underWay.get(id);
    if (known !== undefined) return known;
    const begun = attachment === undefined ? this.#beginLost(key) : this.#beginRecorded(attachment);
    const gone = begun.gone.finally(() => this.#underWay.delete(id));
    gone.catch(() => undefined); // whoever has begun it sees its failure, or has failed before
    const underWay = { ...begun, gone, attachment };
    this.#underWay.set(id, underWay);
    return underWay;
  }

  /** Resolves when those that are under way now have gone or have failed. */
  async whenGone(isMeant: (attachment: Attachment) => boolean = () => true): Promise<void> {
    const meant = [...this.#underWay.values()].filter(
      ({ attachment }) => attachment !== undefined && isMeant(attachment),
    );
    await Promise.allSettled(meant.map(({ gone }) => gone));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#underWay.values()].map(({ gone }) => gone));
    this.#removal[Symbol.dispose]();
  }

  #beginRecorded(attachment: Attachment): Detachment {
    const device = deviceOf(this.#options, attachment);
    closePod(this.#options, attachment);
    return { isRecorded: this.#withdraw(attachment), gone: this.#remove(attachment, device) };
  }

  #beginLost(key: AttachmentKey): Detachment {
    return { isRecorded: false, gone: this.#removeLost(key) };
  }

  async #remove(attachment: Attachment, device: LinkId): Promise<void> {
    await this.#removal.remove(device);
    this.#options.state().writers.programs.removePodDevicePins(attachment.hostInterface);
    this.#options.ipam.release(attachment);
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

  /** False on a directory that cannot be written: the pod goes all the same, and `release` says why its addresses stay taken. */
  #withdraw(attachment: Attachment): boolean {
    try {
      if (attachment.phase === 'attached') this.#options.ipam.withdraw(attachment);
      return true;
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error;
      return false;
    }
  }
}
