// Local pods whose devices exist: from the last kernel dump, updated by ADD and DEL since.
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import type { LocalPod } from '../model/tables-input.ts';

export class LocalPods {
  readonly #byId = new Map<string, LocalPod>();

  /** Unchanged pods keep their object. */
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

  /** Replaces the set after a kernel dump. */
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
