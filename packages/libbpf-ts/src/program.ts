// A program in the kernel: run it over a packet, attach it, pin it.
import {
  attachCgroup,
  attachNetfilter,
  attachNetns,
  attachXdp,
  type CgroupTarget,
  type NetfilterTarget,
  type NetnsTarget,
  type XdpTarget,
} from './attach.ts';
import * as libbpf from './attach-libbpf.ts';
import { attachClsact, type ClsactFilter, type ClsactTarget } from './clsact.ts';
import { NO_TARGET } from './attach-error.ts';
import { BpfError } from './errors.ts';
import { handOver, type Fd } from './fd.ts';
import type { Link } from './link.ts';
import { openPin, pin } from './pin.ts';
import { readProgramInfo, type ProgramInfo } from './program-info.ts';
import { attachTcx, type TcxTarget } from './tcx.ts';
import { testRun, type TestRunOptions, type TestRunResult } from './test-run.ts';

/** What is known of a program by the object that it was loaded from. */
export interface ProgramOrigin {
  /** As in `AttachType`, from the section. */
  readonly attachType: number;
  /** libbpf's own program, where its section is one that libbpf attaches. */
  readonly libbpf: libbpf.LibbpfProgram | undefined;
}

/** Owns the program's descriptor; the program itself lives while it is pinned or attached. */
export class Program {
  readonly name: string;
  readonly #fd: Fd;
  readonly #origin: ProgramOrigin | undefined;

  /** Takes over `fd`. Rather use `openPinned`, `programById` or a loaded object. `name` is for errors. */
  constructor(fd: Fd, name?: string, origin?: ProgramOrigin) {
    this.#fd = fd;
    this.name = name ?? readProgramInfo(fd, 'program').name;
    this.#origin = origin;
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

  /**
   * Attaches to where the section says: `kprobe/FUNCTION`, `uprobe/PATH:SYMBOL`, `usdt/…`, `tp/CATEGORY/NAME`, `raw_tp/NAME`,
   * `tp_btf/NAME`, `fentry/FUNCTION`, `fexit/…`, `lsm/HOOK`, `iter/KIND` and the like. ENOTSUP if it does not say (`tc`, `xdp`).
   */
  attach(): Link {
    return libbpf.attachBySection(this.#libbpf('attach'));
  }

  attachKprobe(target: libbpf.KprobeTarget): Link {
    return libbpf.attachKprobe(this.#libbpf('attach kprobe'), target);
  }

  attachUprobe(target: libbpf.UprobeTarget): Link {
    return libbpf.attachUprobe(this.#libbpf('attach uprobe'), target);
  }

  attachTracepoint(target: libbpf.TracepointTarget): Link {
    return libbpf.attachTracepoint(this.#libbpf('attach tracepoint'), target);
  }

  attachRawTracepoint(name: string): Link {
    return libbpf.attachRawTracepoint(this.#libbpf('attach raw tracepoint'), name);
  }

  attachPerfEvent(target: libbpf.PerfEventTarget): Link {
    return libbpf.attachPerfEvent(this.#libbpf('attach perf event'), target);
  }

  /** `runIterator` reads what it makes. */
  attachIterator(target: libbpf.IteratorTarget = {}): Link {
    return libbpf.attachIterator(this.#libbpf('attach iterator'), target);
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

  /** `cgroup_skb/…`, `cgroup/connect4`, `sockops` and the like. */
  attachCgroup({ path, attachType }: CgroupTarget): Link {
    return attachCgroup(this.#fd, path, attachType ?? this.#sectionsType('attach cgroup'));
  }

  /** `sk_lookup` and `flow_dissector`. */
  attachNetns({ path, attachType }: NetnsTarget): Link {
    return attachNetns(this.#fd, path, attachType ?? this.#sectionsType('attach netns'));
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

  #sectionsType(operation: string): number {
    if (this.#origin !== undefined) return this.#origin.attachType;
    const text = 'the section of a program that was not loaded here is not known: give attachType';
    throw new BpfError('EINVAL', operation, this.name, { text });
  }

  #libbpf(operation: string): libbpf.LibbpfProgram {
    if (this.#origin?.libbpf !== undefined) return this.#origin.libbpf;
    const text =
      this.#origin === undefined
        ? 'libbpf attaches only what was loaded here: keep the loaded object'
        : NO_TARGET;
    throw new BpfError('ENOTSUP', operation, this.name, { text });
  }
}
