// Pins: names in a BPF filesystem that keep maps, programs and links alive without a process.
import { readlinkSync, unlinkSync } from 'node:fs';
import { bpf, bpfFd, Command } from './bpf-call.ts';
import { BpfError, systemError } from './errors.ts';
import { handOver, type Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';

const pinAttr = kernelStruct({ path: 'pointer', fd: 'u32', fileFlags: 'u32' });

/** Pins what the descriptor is of; EEXIST if the path is taken, EPERM outside a BPF filesystem. */
export function pin(fd: Fd, path: string): void {
  bpf(Command.OBJ_PIN, pinAttr.encode({ path: cString(path), fd: fd.number }), {
    operation: 'pin',
    subject: path,
  });
}

/** What the kernel calls the files behind descriptors: `anon_inode:bpf-map`. */
const FILE_NAMES = { map: /bpf[-_]map/, program: /bpf[-_]prog/, link: /bpf[-_]link/ } as const;
export type PinKind = keyof typeof FILE_NAMES;

/** Opens what is pinned; the caller owns the descriptor. EINVAL if it is of another kind. */
export function openPin(path: string, kind: PinKind): Fd {
  const attr = pinAttr.encode({ path: cString(path) });
  return handOver(bpfFd(Command.OBJ_GET, attr, { operation: 'open pin', subject: path }), fd => {
    const file = readlinkSync(`/proc/self/fd/${fd.number}`);
    if (FILE_NAMES[kind].test(file)) return fd;
    throw new BpfError('EINVAL', 'open pin', path, { text: `it is no ${kind} but ${file}` });
  });
}

/** Removes a pin; false if there was none. What was pinned lives on while it is attached or open. */
export function unpin(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    const { errno, code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    throw errno === undefined ? error : systemError(errno, 'unpin', path);
  }
}

function cString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`, 'utf8');
}
