// What libbpf-ts attaches to on a kernel that has kprobes and is not locked down, as this machine's own may not be.
import { readFileSync, statSync } from 'node:fs';
import { loadObject, readObject, type Link, type ObjectSpec, type Program } from 'libbpf-ts';
import { builtFile } from '../../lab/installation.ts';
import type { Step } from './step.ts';

/** The system call getppid(2), as x86 calls its function. */
const GETPPID = '__x64_sys_getppid';

function tracing(): ObjectSpec {
  return readObject(readFileSync(builtFile('test/libbpf-ts/tracing.bpf.o')));
}

/** Attached by `attach`, the program runs when this process calls getppid(2), and no longer once the link is disposed. */
function runs(title: string, name: string, attach: (program: Program) => Link): Step {
  return [title, () => Promise.resolve().then(() => failuresOf(name, attach))];
}

function failuresOf(name: string, attach: (program: Program) => Link): string[] {
  using object = loadObject(tracing(), { programs: [name] });
  const namespace = statSync('/proc/self/ns/pid', { bigint: true });
  object.variable('pidns_device').set(namespace.dev);
  object.variable('pidns_inode').set(namespace.ino);
  object.variable('watched_pid').set(process.pid);
  const count = (): bigint => {
    const before = object.variable('runs').get() as bigint;
    if (process.ppid < 0) throw new Error('no parent');
    return (object.variable('runs').get() as bigint) - before;
  };
  const link = attach(object.program(name));
  const attached = count();
  link[Symbol.dispose]();
  const after = count();
  return attached > 0n && after === 0n ? [] : [`it ran ${attached} times while attached, ${after} after`];
}

/** Attached to what this process does not do: the kernel says of which kind the link is. */
function attaches(title: string, name: string, kind: string): Step {
  return [
    title,
    () =>
      Promise.resolve().then(() => {
        using object = loadObject(tracing(), { programs: [name] });
        using link = object.program(name).attach();
        const { kind: found } = link.info();
        return found === kind ? [] : [`the link is of kind ${found}`];
      }),
  ];
}

export const ATTACH_STEPS: readonly Step[] = [
  runs('kprobe', 'at_kprobe', program => program.attachKprobe({ function: GETPPID })),
  runs('kretprobe', 'at_kprobe', program => program.attachKprobe({ function: GETPPID, atReturn: true })),
  runs('uprobe', 'at_uprobe', program => program.attachUprobe({ path: 'libc.so.6', function: 'getppid' })),
  runs('tracepoint', 'at_tracepoint', program => program.attach()),
  runs('raw tracepoint', 'at_raw_tracepoint', program => program.attach()),
  runs('tp_btf', 'at_typed_tracepoint', program => program.attach()),
  attaches('kprobe by section', 'at_kprobe', 'perf-event'),
  attaches('fentry', 'at_fentry', 'tracing'),
  attaches('lsm', 'at_lsm', 'tracing'),
];
