// Network namespaces: named ones as `ip netns` keeps them in /run/netns, and any that a path leads to.
import { closeSync, constants as flags, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { check, errorOf } from './errors.ts';
import { CURRENT_NETNS, native } from './native.ts';

/** Where `ip netns` looks for names. */
export const NETNS_DIRECTORY = '/run/netns';

/** sys/mount.h */
const MS_BIND = 0x1000;
const MS_REC = 0x4000;
const MS_SHARED = 0x100000;
const MNT_DETACH = 2;

/** An open namespace: it lives at least until this is disposed of. */
export class Netns {
  readonly path: string;
  #fd: number;

  constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  /** For requests that name a namespace; valid until disposal. */
  get fd(): number {
    return this.#fd;
  }

  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    closeSync(this.#fd);
    this.#fd = -1;
  }
}

/**
 * Opens the namespace at a path; the caller disposes of it. Requests that use it fail with EINVAL where the path leads to
 * something else. Not blocking: the open(2) of a FIFO would wait for a writer for ever.
 */
export function openNetns(path: string): Netns {
  try {
    return new Netns(path, openSync(path, flags.O_RDONLY | flags.O_NONBLOCK));
  } catch (error) {
    throw errorOf(errnoOf(error), { operation: 'open netns', subject: path });
  }
}

/** fs's errors carry libuv's errno, which is the kernel's, negative. */
function errnoOf(error: unknown): number {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number'
    ? error.errno
    : -constants.errno.EIO;
}

/** Calls with the fd of a namespace given in either form, or with that of none. */
export function withNetnsFd<T>(netns: string | Netns | undefined, use: (fd: number) => T): T {
  if (netns === undefined) return use(CURRENT_NETNS);
  if (netns instanceof Netns) return use(netns.fd);
  using opened = openNetns(netns);
  return use(opened.fd);
}

/** The path of a named namespace, whether it exists or not. */
export function netnsPath(name: string): string {
  if (!/^[^/\0]+$/.test(name) || name === '.' || name === '..')
    throw new TypeError(`'${name}' cannot be the name of a network namespace`);
  return `${NETNS_DIRECTORY}/${name}`;
}

export function netnsExists(name: string): boolean {
  return existsSync(netnsPath(name));
}

/** Makes a named namespace, with its loopback down, and answers its path. */
export function createNetns(name: string): string {
  const path = netnsPath(name);
  const context = { operation: 'create netns', subject: name };
  shareDirectory();
  if (existsSync(path)) throw errorOf(-constants.errno.EEXIST, context);
  const fd = check(native().newNetns(), context.operation, name);
  try {
    closeSync(openSync(path, 'wx', 0o000));
    const mounted = native().mount(`/proc/self/fd/${fd}`, path, MS_BIND);
    if (mounted < 0) {
      rmSync(path, { force: true });
      throw errorOf(mounted, context);
    }
  } finally {
    closeSync(fd);
  }
  return path;
}

/** Takes the name away; the namespace itself ends with its last user. Answers whether there was one. */
export function deleteNetns(name: string): boolean {
  const path = netnsPath(name);
  if (!existsSync(path)) return false;
  native().unmount(path, MNT_DETACH); // a name that is no mount, left by a crash, is only removed
  rmSync(path, { force: true });
  return true;
}

/** As `ip netns add` does: names made here show in other mount namespaces that share the directory. */
function shareDirectory(): void {
  mkdirSync(NETNS_DIRECTORY, { recursive: true, mode: 0o755 });
  if (native().mount('', NETNS_DIRECTORY, MS_SHARED | MS_REC) >= 0) return;
  // EINVAL: it is no mount point yet.
  check(native().mount(NETNS_DIRECTORY, NETNS_DIRECTORY, MS_BIND | MS_REC), 'bind', NETNS_DIRECTORY);
  check(native().mount('', NETNS_DIRECTORY, MS_SHARED | MS_REC), 'share', NETNS_DIRECTORY);
}
