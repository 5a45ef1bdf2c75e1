// The package's one error class: a closed set of codes to match on, and a sentence for people.
import { getSystemErrorMap } from 'node:util';

const ERRNO_CODES = [
  'EPERM',
  'ENOENT',
  'ESRCH',
  'EINTR',
  'EIO',
  'E2BIG',
  'EBADF',
  'EAGAIN',
  'ENOMEM',
  'EACCES',
  'EFAULT',
  'EBUSY',
  'EEXIST',
  'EXDEV',
  'ENODEV',
  'ENOTDIR',
  'EISDIR',
  'EINVAL',
  'EMFILE',
  'ENFILE',
  'ENOSPC',
  'EROFS',
  'ERANGE',
  'ENAMETOOLONG',
  'ENOSYS',
  'ENOTSUP',
  'EPROTO',
  'ESTALE',
  'ETIMEDOUT',
  'ELOOP',
] as const;

/** An errno's name, or one of the package's own: a verifier's refusal, differing layouts, a kernel too old, no addon. */
export type BpfErrorCode =
  (typeof ERRNO_CODES)[number] | 'UNKNOWN' | 'VERIFIER' | 'LAYOUT' | 'UNSUPPORTED' | 'ADDON';

/** What an error carries beside its code; each code fills what it knows. */
export interface BpfErrorDetail {
  /** What follows the code in the message. */
  readonly text: string;
  /** What libbpf and the verifier said, whole, line by line. */
  readonly log?: readonly string[];
  /** With LAYOUT: every difference, one sentence each. */
  readonly differences?: readonly string[];
  /** With UNSUPPORTED: what is missing. */
  readonly feature?: string;
  /** With UNSUPPORTED: the first kernel that has it, as '6.6'. */
  readonly minimumKernel?: string;
  readonly cause?: unknown;
}

/** Every failure of this package: `map update hd_route: ENOSPC: no space left on device`. */
export class BpfError extends Error {
  override readonly name = 'BpfError';
  readonly code: BpfErrorCode;
  readonly operation: string;
  readonly subject: string;
  readonly log: readonly string[];
  readonly differences: readonly string[];
  readonly feature: string | undefined;
  readonly minimumKernel: string | undefined;

  constructor(code: BpfErrorCode, operation: string, subject: string, detail: BpfErrorDetail) {
    super(`${operation} ${subject}: ${code}: ${detail.text}`, { cause: detail.cause });
    this.code = code;
    this.operation = operation;
    this.subject = subject;
    this.log = detail.log ?? [];
    this.differences = detail.differences ?? [];
    this.feature = detail.feature;
    this.minimumKernel = detail.minimumKernel;
  }
}

/** Numbers that libuv has no words for; the first is the kernel's own (include/linux/errno.h), in no C library. */
const OTHER_ERRNOS: ReadonlyMap<number, readonly [name: string, text: string]> = new Map([
  [-524, ['ENOTSUP', 'operation not supported by the kernel']],
  [-116, ['ESTALE', 'what it relied on has changed meanwhile']],
  [-71, ['EPROTO', 'protocol error']],
]);

const knownCodes: ReadonlySet<string> = new Set(ERRNO_CODES);

function isErrnoCode(name: string): name is (typeof ERRNO_CODES)[number] {
  return knownCodes.has(name);
}

/** The error for a negative errno that a native call returned. */
export function systemError(errno: number, operation: string, subject: string): BpfError {
  const [name, text] = getSystemErrorMap().get(errno) ?? OTHER_ERRNOS.get(errno) ?? ['errno', String(-errno)];
  return isErrnoCode(name)
    ? new BpfError(name, operation, subject, { text })
    : new BpfError('UNKNOWN', operation, subject, { text: `${name} ${text}` });
}

/** Passes a native call's result on, or throws what its negative errno means. */
export function check(result: number, operation: string, subject: string): number {
  if (result < 0) throw systemError(result, operation, subject);
  return result;
}

/** The error for a feature that the running kernel lacks. */
export function unsupported(
  operation: string,
  subject: string,
  feature: { readonly name: string; readonly minimumKernel?: string },
): BpfError {
  const { minimumKernel } = feature;
  return new BpfError('UNSUPPORTED', operation, subject, {
    text: `this kernel has no ${feature.name}${minimumKernel === undefined ? '' : ` (needs ${minimumKernel})`}`,
    feature: feature.name,
    ...(minimumKernel === undefined ? {} : { minimumKernel }),
  });
}
