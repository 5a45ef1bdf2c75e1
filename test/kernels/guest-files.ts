// What a guest's file system takes from this machine: programs with their libraries, and modules of the kernel it boots.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { UnpackedKernel } from '../../scripts/debian/unpacked-kernel.ts';

/** Which modules a guest has; whatever is not there is a kernel built without it. */
export interface ModuleSet {
  /** Below the kernel's `kernel/`. */
  readonly folders: readonly string[];
  /** Names as modprobe(8) has them. */
  readonly without: readonly string[];
}

/** All that devices, tunnels, netfilter (IPVS too) and WireGuard are made of. */
export const NETWORK_MODULES: ModuleSet = {
  folders: ['net', 'lib', 'crypto', 'arch/x86/crypto', 'drivers/net', 'drivers/char', 'drivers/virtio'],
  without: [],
};

/** As it is on this machine, under the same name in `usr/bin`. */
export function installProgram(root: string, name: string): void {
  const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  cpSync(realpathSync(path), join(root, 'usr/bin', name));
  installLibraries(root, path);
}

export function installLibraries(root: string, binary: string): void {
  const printed = execFileSync('ldd', [binary], { encoding: 'utf8' });
  for (const [library] of printed.matchAll(/\/\S+/g)) {
    if (library === `${binary}:`) continue;
    cpSync(realpathSync(library), join(root, library));
  }
}

export function installModules(root: string, { release, modules }: UnpackedKernel, set: ModuleSet): void {
  const target = join(root, 'lib/modules', release);
  const excluded = new Set(set.without.map(name => `${name}.ko`));
  for (const folder of set.folders) {
    const from = join(modules, 'kernel', folder);
    if (!existsSync(from)) continue; // a kernel may have all of it built in
    const filter = (path: string): boolean => !excluded.has(basename(path).replaceAll('-', '_'));
    cpSync(from, join(target, 'kernel', folder), { recursive: true, filter });
  }
  for (const list of ['modules.builtin', 'modules.order']) cpSync(join(modules, list), join(target, list));
  execFileSync('depmod', ['--basedir', root, release], { stdio: ['ignore', 'ignore', 'ignore'] });
}

export function installFile(root: string, from: string, to: string): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  cpSync(from, join(root, to), { recursive: true });
}
