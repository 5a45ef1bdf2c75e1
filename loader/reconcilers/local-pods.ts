// The pods of this node whose devices exist: as the kernel was last read, with those that came or went since.
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import type { LocalPod } from '../model/dataplane-input.ts';

export class LocalPods {
  readonly #byId = new Map<string, LocalPod>();

  /** The same objects for as long as nothing about them changes. */
  get all(): readonly LocalPod[] {
    return [...this.#byId.values()];
  }

  get(key: AttachmentKey): LocalPod | undefined {
    return this.#byId.get(attachmentId(key));
  }

  put(pod: LocalPod): void {
    this.#byId.set(attachmentId(pod.attachment), pod);
  }

  delete(attachment: Attachment): void {
    this.#byId.delete(attachmentId(attachment));
  }

  /** Exactly these, as the kernel was just read. */
  refresh(found: readonly LocalPod[]): readonly LocalPod[] {
    const pods = found.map(pod => {
      const known = this.get(pod.attachment);
      return known !== undefined && isSame(known, pod) ? known : pod;
    });
    this.#byId.clear();
    for (const pod of pods) this.put(pod);
    return pods;
  }
}

function isSame(a: LocalPod, b: LocalPod): boolean {
  return a.attachment === b.attachment && a.ifindex === b.ifindex && a.slowPath === b.slowPath;
}
