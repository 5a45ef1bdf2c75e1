// Where the log goes. A line that cannot be written is lost and counted, and nothing else: the daemon goes on while a disk is
// full, a reader is gone, or a reader stands still.
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';

/** Kept for a reader that is slow, bytes. */
const CAPACITY = 1 << 20;
/** Between two looks at a reader that stands still. */
export const RETRY_MS = 100;

interface Pending {
  readonly bytes: Buffer;
  /** How many are lost with it: a line, and those that it says are missing. */
  readonly lines: number;
  readonly isBegun: boolean;
}

export class LogStream {
  readonly #fd: number;
  readonly #lossLine: (lines: number) => string;
  /** The first one perhaps without its beginning: a queue, not one buffer, which each line would copy. */
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #lost = 0;
  /** A part of a line was written, and its end lost: what comes next begins a line. */
  #isTorn = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * `lossLine` says, once there is room again, how many lines are missing. A pipe is opened anew, since its other holders
   * would not expect it to be non-blocking.
   */
  constructor(lossLine: (lines: number) => string, fd = 1) {
    this.#lossLine = lossLine;
    this.#fd = nonBlocking(fd);
  }

  write(line: string): void {
    const bytes = Buffer.from(this.#lost === 0 ? line : this.#lossLine(this.#lost) + line);
    if (this.#pendingBytes + bytes.length > CAPACITY) {
      this.#lost++;
      return;
    }
    this.#pending.push({ bytes, lines: this.#lost + 1, isBegun: false });
    this.#pendingBytes += bytes.length;
    this.#lost = 0;
    if (this.#timer === undefined) this.#flush(); // else a reader stands still: the timer asks it again
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    if (this.#fd > 2) closeSync(this.#fd);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      this.#writePending();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
        this.#timer = setTimeout(() => this.#flush(), RETRY_MS).unref();
        return;
      }
      this.#isTorn ||= this.#pending[0]?.isBegun === true;
      this.#lost += this.#pending.reduce((sum, { lines }) => sum + lines, 0);
      this.#pending = [];
      this.#pendingBytes = 0;
    }
  }

  /** Throws what write(2) says; what was written until then is no longer pending. */
  #writePending(): void {
    let done = 0;
    if (this.#isTorn) writeSync(this.#fd, '\n');
    this.#isTorn = false;
    try {
      for (const { bytes, lines } of this.#pending) {
        const written = writeSync(this.#fd, bytes);
        this.#pendingBytes -= written;
        if (written < bytes.length) {
          this.#pending[done] = { bytes: bytes.subarray(written), lines, isBegun: true };
          return this.#stall();
        }
        done++;
      }
    } finally {
      this.#pending = this.#pending.slice(done);
    }
  }

  /** A pipe that took a part has no room for the rest. */
  #stall(): never {
    throw Object.assign(new Error('no room'), { code: 'EAGAIN' });
  }
}

function nonBlocking(fd: number): number {
  try {
    if (!fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return fd; // closed, or a pipe of another user
  }
}
