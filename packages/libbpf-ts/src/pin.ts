// Pins: names in a BPF filesystem that keep maps, programs and links alive without a process.
import { unlinkSync } from 'node:fs';
import { bpf, bpfFd, Command } from './bpf-call.ts';
import { systemError } from './errors.ts';
import type { Fd } from './fd.ts';
import { kernelStruct } from './kernel-struct.ts';

const pinAttr = kernelStruct({ path: 'pointer', fd: 'u32', fileFlags: 'u32' });

/** Pins what the descriptor is of; EEXIST if the path is taken, EPERM outside a BPF filesystem. */
export function pin(fd: Fd, path: string): void {
  bpf(Command.OBJ_PIN, pinAttr.encode({ path: cString(path), fd: fd.number }), {
    operation: 'pin',
    subject: path,
  });
}

/** Opens what is pinned; the caller owns the descriptor. */
export function openPin(path: string): Fd {
  return bpfFd(Command.OBJ_GET, pinAttr.encode({ path: cString(path) }), {
    operation: 'open pin',
    subject: path,
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
