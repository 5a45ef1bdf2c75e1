// The one owner of a file descriptor: closed by dispose, or by the garbage collector where dispose was not called.
import { check, BpfError, systemError } from './errors.ts';
import { native, type NativeHandle } from './native.ts';

export class Fd {
  readonly #handle: NativeHandle;

  /** Takes over a descriptor that a native call just returned; throws what a negative one means. */
  constructor(fd: number, operation: string, subject: string) {
    const handle = native().adoptFd(check(fd, operation, subject));
    if (typeof handle === 'number') throw systemError(handle, operation, subject);
    this.#handle = handle;
  }

  /** For native calls; they answer EBADF once it is closed. */
  get handle(): NativeHandle {
    return this.#handle;
  }

  /** The descriptor's number; throws EBADF once it is closed. */
  get number(): number {
    const number = native().fdNumber(this.#handle);
    if (number < 0) throw new BpfError('EBADF', 'use', 'file descriptor', { text: 'it is closed' });
    return number;
  }

  /** Closes it; a second time does nothing. */
  [Symbol.dispose](): void {
    native().closeFd(this.#handle);
  }
}

/** Gives the descriptor to a new owner, and closes it if that cannot be made. */
export function handOver<T>(fd: Fd, makeOwner: (fd: Fd) => T): T {
  try {
    return makeOwner(fd);
  } catch (error) {
    fd[Symbol.dispose]();
    throw error;
  }
}
