// A program in the kernel: run it over a packet, attach it, pin it.
import {
  attachCgroup,
  attachNetfilter,
  attachXdp,
  type CgroupTarget,
  type NetfilterTarget,
  type XdpTarget,
} from './attach.ts';
import { attachClsact, type ClsactFilter, type ClsactTarget } from './clsact.ts';
import { handOver, type Fd } from './fd.ts';
import type { Link } from './link.ts';
import { openPin, pin } from './pin.ts';
import { readProgramInfo, type ProgramInfo } from './program-info.ts';
import { attachTcx, type TcxTarget } from './tcx.ts';
import { testRun, type TestRunOptions, type TestRunResult } from './test-run.ts';

/** Owns the program's descriptor; the program itself lives while it is pinned or attached. */
export class Program {
  readonly name: string;
  readonly #fd: Fd;

  /** Takes over `fd`. Rather use `openPinned`, `programById` or a loaded object. `name` is for errors. */
  constructor(fd: Fd, name?: string) {
    this.#fd = fd;
    this.name = name ?? readProgramInfo(fd, 'program').name;
  }

  static openPinned(path: string): Program {
    return handOver(openPin(path, 'program'), fd => new Program(fd));
  }

  get fd(): Fd {
    return this.#fd;
  }

  /** Read anew at each call: it counts runs. */
  info(): ProgramInfo {
    return readProgramInfo(this.#fd, this.name);
  }

  testRun(options: TestRunOptions): TestRunResult {
    return testRun(this.#fd, this.name, options);
  }

  /** UNSUPPORTED before Linux 6.6: `attachClsact` serves there. */
  attachTcx(target: TcxTarget): Link {
    return attachTcx(this.#fd, target);
  }

  /** Before Linux 6.6: a filter of tc's clsact qdisc, which outlives the process without a pin. */
  attachClsact(target: ClsactTarget): ClsactFilter {
    return attachClsact(this.#fd, target);
  }

  attachXdp(target: XdpTarget): Link {
    return attachXdp(this.#fd, target);
  }

  attachCgroup(target: CgroupTarget): Link {
    return attachCgroup(this.#fd, target);
  }

  /** Linux 6.4. */
  attachNetfilter(target: NetfilterTarget): Link {
    return attachNetfilter(this.#fd, target);
  }

  pin(path: string): void {
    pin(this.#fd, path);
  }

  /** Closes the descriptor; a second time does nothing. */
  [Symbol.dispose](): void {
    this.#fd[Symbol.dispose]();
  }
}
