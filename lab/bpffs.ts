// Mounts the BPF filesystem, which holds the pins.
import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';

export const BPFFS = '/sys/fs/bpf';
/** BPF_FS_MAGIC, linux/magic.h */
const MAGIC = 0xcafe4a11;

/** Mounts it at the usual path unless it is mounted. */
export function ensureBpffs(): void {
  if (statfsSync(BPFFS).type !== MAGIC) execFileSync('mount', ['-t', 'bpf', 'bpf', BPFFS]);
}
