// What must be true of the machine before anything can be pinned, each answered in one sentence.
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataplaneError } from '../errors.ts';

/** linux/magic.h: BPF_FS_MAGIC. */
const BPF_FS_MAGIC = 0xcafe4a11;

/** linux/capability.h; CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON. */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n, CAP_PERFMON: 38n, CAP_BPF: 39n } as const;

/** Throws IO unless `path` is, or will be, in a BPF filesystem. */
export function checkBpffs(path: string): void {
  const { type } = statfsSync(nearestExisting(path));
  if (type >>> 0 === BPF_FS_MAGIC) return;
  throw new DataplaneError(
    'IO',
    `${path} is not in a BPF filesystem: mount one with 'mount -t bpf bpf /sys/fs/bpf', or set another pin root`,
  );
}

/** Throws PERMISSION without the capabilities that loading and attaching take. */
export function checkPrivileges(status = readFileSync('/proc/self/status', 'utf8')): void {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const has = (name: keyof typeof CAPABILITIES): boolean => ((effective >> CAPABILITIES[name]) & 1n) === 1n;
  const missing = (['CAP_BPF', 'CAP_PERFMON', 'CAP_NET_ADMIN'] as const).filter(
    name => !has(name) && !(name !== 'CAP_NET_ADMIN' && has('CAP_SYS_ADMIN')),
  );
  if (missing.length === 0) return;
  throw new DataplaneError('PERMISSION', `loading BPF programs takes ${missing.join(', ')}: run as root`);
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
