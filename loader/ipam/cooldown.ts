// Released attachments whose addresses and pod ids are not allocated again yet, in the order of release.
import type { ReleasedAttachment } from './attachment-store.ts';

export class Cooldown {
  readonly #waiting: ReleasedAttachment[] = [];
  /** Past their cooldown. The next release deletes their files, so that ADD does not wait for unlink(2). */
  readonly #over: ReleasedAttachment[] = [];

  start(released: ReleasedAttachment): void {
    this.#waiting.push(released);
  }

  /** Without a cooldown: its pod id was allocated again. */
  expire(released: ReleasedAttachment): void {
    this.#over.push(released);
  }

  /** Ends the cooldown of those that were released until then. */
  endUntil(releasedMs: number): readonly ReleasedAttachment[] {
    const first = this.#waiting.findIndex(({ releasedAtMs }) => releasedAtMs > releasedMs);
    const ended = this.#waiting.splice(0, first < 0 ? this.#waiting.length : first);
    this.#over.push(...ended);
    return ended;
  }

  /** Each once, after its cooldown. */
  drain(): readonly ReleasedAttachment[] {
    return this.#over.splice(0);
  }
}
