// Whether another daemon registers under this node's name, as a machine that was cloned with its host name does: two machines
// would have one pod CIDR. Both write their text to one key, and each sees that the other has written over its own.
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';

/** For the key under the lease: that it is there says that the daemon lives, and the text says which one. */
export function aliveText(): string {
  return JSON.stringify({ pid: process.pid, host: hostname(), daemon: randomUUID() });
}

/** Once it is an etcd that was restored from a backup, with the text of a process before this one. */
const MIN_OVERWRITES = 2;

export class NameConflict {
  readonly #own: string;
  readonly #windowMs: number;
  /** The text that was seen last is this daemon's. */
  #isOwn = false;
  #other: string | undefined;
  /** When this daemon's text was replaced by another one, `performance.now()`. */
  #overwrittenMs: readonly number[] = [];

  /** `own`: what this daemon writes there. `windowMs`: a daemon that lives writes several times within it. */
  constructor(own: string, windowMs: number) {
    this.#windowMs = windowMs;
    this.#own = own;
  }

  /** What the key says now; undefined: it is not there. */
  see(text: string | undefined): void {
    if (text === undefined) return;
    const isOwn = text === this.#own;
    if (!isOwn && this.#isOwn) {
      this.#other = text;
      this.#overwrittenMs = [...this.#recent(), performance.now()];
    }
    this.#isOwn = isOwn;
  }

  /** What the other daemon says of itself; undefined: there is none. */
  get other(): string | undefined {
    return this.#recent().length >= MIN_OVERWRITES ? this.#other : undefined;
  }

  #recent(): readonly number[] {
    return this.#overwrittenMs.filter(atMs => performance.now() - atMs < this.#windowMs);
  }
}
