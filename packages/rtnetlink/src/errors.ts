// The package's one error class: a closed set of codes to match on, and the kernel's own sentence.
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

type Errno = keyof typeof constants.errno;

/** An errno's name, UNKNOWN for a number that has none, or ADDON where the native half cannot be loaded. */
export type RtnetlinkErrorCode = Errno | 'UNKNOWN' | 'ADDON';

/** Every failure of this package: `create veth a0: EINVAL: invalid argument: Invalid MAC address`. */
export class RtnetlinkError extends Error {
  override readonly name = 'RtnetlinkError';
  readonly code: RtnetlinkErrorCode;
  readonly operation: string;
  readonly subject: string;
  /** What the kernel said about it (NETLINK_EXT_ACK), if it said anything. */
  readonly extendedAck: string | undefined;

  /** `advice` follows the sentence where the kernel said nothing. */
  constructor(code: RtnetlinkErrorCode, context: ErrorContext, extendedAck?: string, advice?: string) {
    const more = extendedAck ?? advice;
    const said = more === undefined ? '' : `: ${more}`;
    super(`${context.operation} ${context.subject}: ${code}: ${describe(code)}${said}`);
    this.code = code;
    this.operation = context.operation;
    this.subject = context.subject;
    this.extendedAck = extendedAck;
  }
}

/** What was being done, to what: 'create veth', 'a0'. */
export interface ErrorContext {
  readonly operation: string;
  readonly subject: string;
}

/** The kernel's internal ENOTSUPP (include/linux/errno.h), which leaks to user space and no C library names. */
const ENOTSUPP = 524;

const errnoNames = new Map<number, Errno>([[ENOTSUPP, 'EOPNOTSUPP']]);
for (const [name, number] of Object.entries(constants.errno)) {
  // EAGAIN has a second name; the kernel writes EOPNOTSUPP where C libraries also allow ENOTSUP.
  if (name !== 'EWOULDBLOCK' && name !== 'ENOTSUP') errnoNames.set(number, name as Errno);
}

/** What libuv has no words for, or none that fit a network device. */
const descriptions: Partial<Record<RtnetlinkErrorCode, string>> = {
  EEXIST: 'it exists already',
  ENODEV: 'no such device',
  ENOENT: 'no such object',
  ESRCH: 'no such entry',
  EOPNOTSUPP: 'the kernel does not support it',
  EADDRNOTAVAIL: 'no such address',
};

function describe(code: RtnetlinkErrorCode): string {
  if (code === 'UNKNOWN') return 'an errno without a name';
  if (code === 'ADDON') return 'the native addon is not built, or does not load';
  return descriptions[code] ?? getSystemErrorMap().get(-constants.errno[code])?.[1] ?? 'no description';
}

/** The error for an errno as the kernel returns it: negative. */
export function errorOf(errno: number, context: ErrorContext, extendedAck?: string): RtnetlinkError {
  return new RtnetlinkError(errnoNames.get(-errno) ?? 'UNKNOWN', context, extendedAck);
}

/** Passes a system call's result on, or throws what its negative errno means. */
export function check(result: number, operation: string, subject: string): number {
  if (result < 0) throw errorOf(result, { operation, subject });
  return result;
}

/** Whether something caught is this package's error with one of these codes. */
export function isRtnetlinkError(error: unknown, ...codes: readonly RtnetlinkErrorCode[]): boolean {
  return (
    error instanceof Error &&
    error.name === 'RtnetlinkError' &&
    codes.some(code => 'code' in error && error.code === code)
  );
}

/** The error for an addon that no place has, or that refuses to load as `refusal` says. */
export function addonError(refusal: string | undefined): RtnetlinkError {
  const remedy =
    process.platform === 'linux'
      ? 'run "npm rebuild rtnetlink", which needs a C compiler, make and python3 (Debian, Ubuntu: apt-get install ' +
        'build-essential python3; Fedora: dnf install gcc gcc-c++ make python3)'
      : `netlink needs Linux, and this is ${process.platform}`;
  const advice = refusal === undefined ? remedy : `${refusal}: ${remedy}`;
  return new RtnetlinkError('ADDON', { operation: 'load', subject: 'rtnetlink' }, undefined, advice);
}
