// Kernel settings below /proc/sys, whose net/ shows the namespace of the process that opens a file.
import { closeSync, constants, readFileSync, writeSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { check, errorOf } from './errors.ts';
import { native } from './native.ts';
import { type Netns, withNetnsFd } from './netns.ts';

let procSys = '/proc/sys';

/**
 * Where /proc/sys is found from now on, by the whole process: container runtimes mount their own read-only, and a
 * container that may write has the host's elsewhere.
 */
export function setProcSys(path: string): void {
  procSys = path;
}

export interface SysctlOptions {
  /** The namespace whose setting is meant; the process's own without it. */
  readonly netns?: string | Netns | undefined;
}

/** The setting's text without its line end. Names are as sysctl(8) has them: dots, or slashes if a device's name has dots. */
export function readSysctl(name: string, options: SysctlOptions = {}): string {
  const fd = openSysctl('read sysctl', name, constants.O_RDONLY, options);
  try {
    return readFileSync(fd, 'utf8').trimEnd();
  } finally {
    closeSync(fd);
  }
}

export function writeSysctl(name: string, value: string | number, options: SysctlOptions = {}): void {
  const fd = openSysctl('write sysctl', name, constants.O_WRONLY, options);
  try {
    writeSync(fd, String(value));
  } catch (error) {
    const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : -osConstants.errno.EIO;
    throw errorOf(errno, { operation: 'write sysctl', subject: `${name} = ${value}` });
  } finally {
    closeSync(fd);
  }
}

/** Throws what `writeSysctl` would throw for want of permission, a writable /proc/sys or the setting itself. Writes nothing. */
export function probeSysctl(name: string, options: SysctlOptions = {}): void {
  closeSync(openSysctl('write sysctl', name, constants.O_WRONLY, options));
}

function openSysctl(operation: string, name: string, flags: number, options: SysctlOptions): number {
  const path = sysctlPath(name);
  return check(
    withNetnsFd(options.netns, netnsFd => native().openFile(netnsFd, path, flags)),
    operation,
    name,
  );
}

function sysctlPath(name: string): string {
  const parts = name.split(name.includes('/') ? '/' : '.');
  if (parts.some(part => part === '' || part === '.' || part === '..' || part.includes('\0')))
    throw new TypeError(`'${name}' cannot be the name of a sysctl`);
  return `${procSys}/${parts.join('/')}`;
}
