// Preconditions for pinning: a BPF filesystem and capabilities.
import { existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { HeddleError } from '../errors.ts';
import { errorCode } from './failure.ts';

/** linux/magic.h: BPF_FS_MAGIC. */
const BPF_FS_MAGIC = 0xcafe4a11;

/**
 * linux/capability.h. CAP_SYS_ADMIN includes CAP_BPF and CAP_PERFMON and cannot be replaced by them: setns(2) into pods'
 * namespaces, loading BTF and opening programs by id require it.
 */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n } as const;

/** Throws IO unless `path` is, or will be, in a BPF filesystem. */
export function checkBpffs(path: string): void {
  const { type } = statfsSync(nearestExisting(path));
  if (type >>> 0 === BPF_FS_MAGIC) return;
  throw new HeddleError(
    'IO',
    `${path} is not in a BPF filesystem: mount one with 'mount -t bpf bpf /sys/fs/bpf', or set another pin root`,
  );
}

/**
 * Makes a folder of pins and its parents. Not mkdirSync's `recursive`: below a mount point of sysfs without a mount, whose
 * mkdir(2) is ENOENT although the folder itself is there, it tries for ever.
 */
export function makePinFolder(folder: string): void {
  if (makeFolder(folder) !== 'ENOENT') return;
  makePinFolder(dirname(folder));
  if (makeFolder(folder) !== 'ENOENT') return;
  checkBpffs(folder);
  throw new HeddleError('IO', `${folder} cannot be made: ${dirname(folder)} takes no folders`);
}

function makeFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
    return code;
  }
}

/** Throws PERMISSION without the capabilities that a node needs: those of deploy/systemd/heddled.service. */
export function checkPrivileges(status = readFileSync('/proc/self/status', 'utf8')): void {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const missing = Object.entries(CAPABILITIES)
    .filter(([, bit]) => ((effective >> bit) & 1n) === 0n)
    .map(([name]) => name);
  if (missing.length === 0) return;
  const text = `heddled lacks ${missing.join(' and ')}, which programs, devices and pods need: run it as root with it`;
  throw new HeddleError('PERMISSION', text);
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
