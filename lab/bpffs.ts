// The BPF filesystem, where pins live.
import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';

export const BPFFS = '/sys/fs/bpf';
/** BPF_FS_MAGIC, linux/magic.h */
const MAGIC = 0xcafe4a11;

/** Mounts it where every distribution mounts it, if nobody has. */
export function ensureBpffs(): void {
  if (statfsSync(BPFFS).type !== MAGIC) execFileSync('mount', ['-t', 'bpf', 'bpf', BPFFS]);
}
