// Where the log goes. A line that cannot be written is lost and counted, and nothing else: the daemon goes on while a disk is
// full, a reader is gone, or a reader stands still.
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';

/** Kept for a reader that is slow, characters. */
const CAPACITY = 1 << 20;
const RETRY_MS = 100;

export class LogStream {
  readonly #fd: number;
  readonly #lossLine: (lines: number) => string;
  #pending = Buffer.alloc(0);
  #lost = 0;
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
    const text = this.#lost === 0 ? line : this.#lossLine(this.#lost) + line;
    const bytes = Buffer.from(text);
    if (this.#pending.length + bytes.length > CAPACITY) this.#lost++;
    else {
      this.#pending = Buffer.concat([this.#pending, bytes]);
      const lines = this.#lost + 1;
      this.#lost = 0;
      this.#flush(lines);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    if (this.#fd > 2) closeSync(this.#fd);
  }

  /** `lines`: how many count as lost if the descriptor refuses them for good. */
  #flush(lines: number): void {
    clearTimeout(this.#timer);
    try {
      while (this.#pending.length > 0)
        this.#pending = this.#pending.subarray(writeSync(this.#fd, this.#pending));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
        this.#timer = setTimeout(() => this.#flush(1), RETRY_MS).unref();
        return;
      }
      this.#lost += lines;
      this.#pending = Buffer.alloc(0);
    }
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
