// A kernel in a folder of its own, whatever its packages lay where: image, modules and what is known of it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelPackages, KERNEL_PACKAGES } from './kernel-packages.ts';
import type { OwnApt } from './own-apt.ts';

export interface UnpackedKernel {
  /** As asked for: `6.12`. */
  readonly series: string;
  readonly release: string;
  /** Version of its Debian package, and the suite that serves it. */
  readonly version: string;
  readonly suite: string;
  readonly image: string;
  /** With `kernel/`, not compressed, and the lists that depmod(8) needs. */
  readonly modules: string;
}

export const KERNELS_FOLDER = 'build/kernels';
const ABOUT = 'kernel.json';

/** Throws when it is not there: `make` fetches it. */
export function unpackedKernel(series: string): UnpackedKernel {
  const about = join(KERNELS_FOLDER, series, ABOUT);
  if (!existsSync(about)) throw new Error(`Linux ${series} is not unpacked: run make ${about}`);
  return JSON.parse(readFileSync(about, 'utf8')) as UnpackedKernel;
}

/** Downloads and unpacks the newest of the series; throws a sentence if apt cannot serve it. */
export function fetchKernel(apt: OwnApt, series: string): UnpackedKernel {
  const index = { names: apt.names(KERNEL_PACKAGES), dependencies: apt.dependencies };
  const { release, names } = kernelPackages(series, index);
  const folder = join(KERNELS_FOLDER, series);
  rmSync(folder, { recursive: true, force: true });
  const unpacked = join(folder, 'unpacked');
  apt.unpack(names, unpacked);
  const kernel = {
    ...{ series, release, ...apt.served(names[0] ?? '') },
    image: join(folder, 'vmlinuz'),
    modules: join(folder, 'modules'),
  };
  const modules = firstOf([
    join(unpacked, 'lib/modules', release),
    join(unpacked, 'usr/lib/modules', release),
  ]);
  renameSync(firstOf([join(unpacked, 'boot', `vmlinuz-${release}`), join(modules, 'vmlinuz')]), kernel.image);
  renameSync(modules, kernel.modules);
  rmSync(unpacked, { recursive: true });
  decompressModules(kernel.modules);
  writeFileSync(join(folder, ABOUT), JSON.stringify(kernel, undefined, 2)); // last: says that all is there
  return kernel;
}

/** Guests would do it again at each boot, by emulation. */
function decompressModules(folder: string): void {
  const compressed = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.ko.xz'),
  );
  if (compressed.length > 0)
    execFileSync('xargs', ['--null', 'xz', '--decompress'], { cwd: folder, input: compressed.join('\0') });
}

function firstOf(paths: readonly string[]): string {
  const found = paths.find(path => existsSync(path));
  if (found === undefined) throw new Error(`the packages have none of ${paths.join(', ')}`);
  return found;
}

export function hasKernel(series: string): boolean {
  return existsSync(join(KERNELS_FOLDER, series, ABOUT));
}

export function ownAptFolder(): string {
  const folder = join(KERNELS_FOLDER, 'apt');
  mkdirSync(folder, { recursive: true });
  return folder;
}
