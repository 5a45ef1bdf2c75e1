// A link: a program attached to something, for as long as the link is open or pinned.
import { bpf, Command } from './bpf-call.ts';
import type { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';
import { readLinkInfo, type LinkInfo } from './link-info.ts';
import { native, type NativeHandle } from './native.ts';
import { openPin, pin } from './pin.ts';

const updateAttr = kernelStruct({ linkFd: 'u32', newProgramFd: 'u32', flags: 'u32', oldProgramFd: 'u32' });
const detachAttr = kernelStruct({ linkFd: 'u32' });

/** BPF_F_REPLACE: only if the given program is the one attached. */
const REPLACE = 1 << 2;

/** What has a program's descriptor. */
interface HasFd {
  readonly fd: Fd;
}

/** Owns the link's descriptor; disposing the last one of an unpinned link detaches the program. */
export class Link {
  readonly #fd: Fd;
  readonly #libbpf: NativeHandle | undefined;
  #isPinned = false;

  /** Takes over `fd`, and libbpf's own link where it made one. Rather use `openPinned`, `linkById` or a program's `attach…`. */
  constructor(fd: Fd, libbpf?: NativeHandle) {
    this.#fd = fd;
    this.#libbpf = libbpf;
  }

  static openPinned(path: string): Link {
    return new Link(openPin(path, 'link'));
  }

  get fd(): Fd {
    return this.#fd;
  }

  get id(): number {
    return this.info().id;
  }

  /** Read anew at each call: the program may be replaced, the device may go. */
  info(): LinkInfo {
    return readLinkInfo(this.#fd, 'link');
  }

  /** Replaces the program between two packets; with `expected` only if that one is attached (else EPERM). */
  update(program: HasFd, expected?: HasFd): void {
    const attr = updateAttr.encode({
      ...{ linkFd: this.#fd.number, newProgramFd: program.fd.number },
      ...(expected === undefined ? {} : { flags: REPLACE, oldProgramFd: expected.fd.number }),
    });
    bpf(Command.LINK_UPDATE, attr, { operation: 'link update', subject: 'program' });
  }

  pin(path: string): void {
    pin(this.#fd, path);
    this.#isPinned = true;
  }

  /** Detaches at once, also where another process holds or pins the link; ENOTSUP for probes, tracepoints and iterators: dispose those. */
  detach(): void {
    bpf(Command.LINK_DETACH, detachAttr.encode({ linkFd: this.#fd.number }), {
      operation: 'link detach',
      subject: 'program',
    });
  }

  /** Closes the descriptor; a second time does nothing. */
  [Symbol.dispose](): void {
    this.#fd[Symbol.dispose]();
    if (this.#libbpf === undefined) return;
    if (this.#isPinned) native().abandonLink(this.#libbpf);
    else native().destroyLink(this.#libbpf);
  }
}
