// Why the kernel may have said EPERM: it does not tell.
import { readFileSync } from 'node:fs';

/** linux/capability.h */
const CAP_SYS_ADMIN = 21n;
const CAP_BPF = 39n;

/** What this process or this kernel lacks; undefined if it is neither of the known reasons. */
export function permissionHint(): string | undefined {
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(read('/proc/self/status'))?.[1] ?? '0'}`);
  const has = (capability: bigint) => ((capabilities >> capability) & 1n) === 1n;
  if (!has(CAP_SYS_ADMIN) && !has(CAP_BPF)) {
    return 'this process has neither CAP_BPF nor CAP_SYS_ADMIN: run it as root, or give it CAP_BPF and what its programs need beside';
  }
  const lockdown = /\[(integrity|confidentiality)\]/.exec(read('/sys/kernel/security/lockdown'))?.[1];
  if (lockdown !== undefined)
    return `the kernel is locked down (${lockdown}), and refuses programs of this kind`;
  return undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not mounted: nothing to tell
  }
}
