// Local pods whose devices exist, and closed devices: from the last kernel dump, updated by ADD and DEL since.
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import type { LocalPod } from '../model/tables-input.ts';

/** A pod's device without an attachment: its programs stay, and as it has no rows, they drop everything. */
export interface ClosedDevice {
  readonly ifindex: number;
  /** Names its pins. */
  readonly name: string;
}

export class LocalPods {
  readonly #byId = new Map<string, LocalPod>();
  readonly #closed = new Map<number, ClosedDevice>();

  /** Unchanged pods keep their object. */
  get all(): readonly LocalPod[] {
    return [...this.#byId.values()];
  }

  /** Devices whose DEL has begun, whose ADD was cut off, or whose record is lost. */
  get closed(): readonly ClosedDevice[] {
    return [...this.#closed.values()];
  }

  get(key: AttachmentKey): LocalPod | undefined {
    return this.#byId.get(attachmentId(key));
  }

  put(pod: LocalPod): void {
    this.#closed.delete(pod.ifindex);
    this.#byId.set(attachmentId(pod.attachment), pod);
  }

  /** Of a pod whose device stays, without programs. */
  delete(attachment: Attachment): void {
    this.#byId.delete(attachmentId(attachment));
  }

  /** Of a pod whose device goes: until it is gone, its programs stay. */
  close(attachment: Attachment): void {
    const pod = this.get(attachment);
    this.delete(attachment);
    if (pod !== undefined)
      this.#closed.set(pod.ifindex, { ifindex: pod.ifindex, name: attachment.hostInterface });
  }

  /** Replaces both sets after a kernel dump. */
  refresh(found: readonly LocalPod[], closed: readonly ClosedDevice[] = []): readonly LocalPod[] {
    const pods = found.map(pod => {
      const known = this.get(pod.attachment);
      return known !== undefined && isSame(known, pod) ? known : pod;
    });
    this.#byId.clear();
    this.#closed.clear();
    for (const device of closed) this.#closed.set(device.ifindex, device);
    for (const pod of pods) this.put(pod);
    return pods;
  }
}

function isSame(a: LocalPod, b: LocalPod): boolean {
  return a.attachment === b.attachment && a.ifindex === b.ifindex && a.slowPath === b.slowPath;
}
