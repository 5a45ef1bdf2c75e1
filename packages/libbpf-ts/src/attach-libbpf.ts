// Attaching as libbpf does it: by the program's section, to functions, tracepoints, perf events and iterators.
import { Fd } from './fd.ts';
import { native, type NativeHandle } from './native.ts';
import { kernelStruct } from './kernel-struct.ts';
import { BpfError } from './errors.ts';
import { Link } from './link.ts';
import type { BpfMap } from './map.ts';
import { perfEventAttr, type PerfEvent } from './perf-event.ts';
import { attachError } from './attach-error.ts';

/** A program within the object that libbpf loaded it from: what libbpf's own attaching wants. */
export interface LibbpfProgram {
  readonly object: NativeHandle;
  readonly name: string;
}

/** What every attachment may carry: the program reads it by `bpf_get_attach_cookie`. */
interface Cookie {
  readonly cookie?: bigint;
}

export interface KprobeTarget extends Cookie {
  /** Name of a kernel function, as in /proc/kallsyms. */
  readonly function: string;
  /** Bytes from its start. */
  readonly offset?: number;
  /** At its return: kretprobe. */
  readonly atReturn?: boolean;
}

export interface UprobeTarget extends Cookie {
  /** The executable or library; without a slash it is looked for in PATH, or among the system's libraries. */
  readonly path: string;
  /** A symbol of it; without one `offset` counts from the start of the file. */
  readonly function?: string;
  readonly offset?: bigint;
  /** At its return: uretprobe. */
  readonly atReturn?: boolean;
  /** Only in this process; in all if absent. */
  readonly pid?: number;
}

export interface TracepointTarget extends Cookie {
  /** As the folders below /sys/kernel/tracing/events: `sched`, `sched_process_exec`. */
  readonly category: string;
  readonly name: string;
}

export interface PerfEventTarget extends PerfEvent, Cookie {
  /** Only this process; all if absent, which needs `cpu`. */
  readonly pid?: number;
  /** Only on this CPU; on all if absent, which needs `pid`. */
  readonly cpu?: number;
}

/** What an iterator goes over, where its kind has a choice. */
export interface IteratorTarget {
  /** `iter/bpf_map_elem`: the elements of this map. */
  readonly map?: BpfMap;
  /** `iter/task` and its kin: this process alone (Linux 6.1). */
  readonly pid?: number;
}

/** union bpf_iter_link_info: its members begin together. */
const iteratorMapInfo = kernelStruct({ mapFd: 'u32' });
const iteratorTaskInfo = kernelStruct({ tid: 'u32', pid: 'u32', pidFd: 'u32' });

export function attachBySection({ object, name }: LibbpfProgram): Link {
  return made('attach', name, () => native().attachBySection(object, name));
}

export function attachKprobe({ object, name }: LibbpfProgram, target: KprobeTarget): Link {
  const { offset = 0, atReturn = false, cookie = 0n } = target;
  return made('attach kprobe', target.function, () =>
    native().attachKprobe(object, name, target.function, offset, atReturn ? 1 : 0, cookie),
  );
}

export function attachUprobe({ object, name }: LibbpfProgram, target: UprobeTarget): Link {
  const { path, function: symbol, offset = 0n, atReturn = false, pid = -1, cookie = 0n } = target;
  return made('attach uprobe', `${path}:${symbol ?? `0x${offset.toString(16)}`}`, () =>
    native().attachUprobe(object, name, path, symbol, offset, atReturn ? 1 : 0, pid, cookie),
  );
}

export function attachTracepoint({ object, name }: LibbpfProgram, target: TracepointTarget): Link {
  const { category, cookie = 0n } = target;
  return made('attach tracepoint', `${category}/${target.name}`, () =>
    native().attachTracepoint(object, name, category, target.name, cookie),
  );
}

export function attachRawTracepoint({ object, name }: LibbpfProgram, tracepoint: string): Link {
  return made('attach raw tracepoint', tracepoint, () =>
    native().attachRawTracepoint(object, name, tracepoint),
  );
}

export function attachPerfEvent({ object, name }: LibbpfProgram, target: PerfEventTarget): Link {
  const { event, pid = -1, cpu = -1, cookie = 0n } = target;
  const attr = perfEventAttr(target);
  return made('attach perf event', event, () =>
    native().attachPerfEvent(object, name, attr, pid, cpu, cookie),
  );
}

export function attachIterator({ object, name }: LibbpfProgram, { map, pid }: IteratorTarget): Link {
  if (map !== undefined && pid !== undefined) {
    throw new BpfError('EINVAL', 'attach iterator', name, {
      text: 'it goes over a map or a process, not both',
    });
  }
  const info =
    map !== undefined
      ? iteratorMapInfo.encode({ mapFd: map.fd.number }).bytes
      : pid === undefined
        ? undefined
        : iteratorTaskInfo.encode({ pid }).bytes;
  return made('attach iterator', name, () => native().attachIterator(object, name, info));
}

/** What libbpf says of a failure goes into the error. */
function made(operation: string, subject: string, attach: () => NativeHandle | number): Link {
  native().takeLog(); // what earlier calls left
  const link = attach();
  if (typeof link === 'number') throw attachError(link, operation, subject, native().takeLog());
  return new Link(new Fd(native().linkFd(link), operation, subject), link);
}
