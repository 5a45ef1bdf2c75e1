// A file system for a guest that runs one program of ours: that program, what it calls, and a kernel's modules.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { UnpackedKernel } from '../../scripts/debian/unpacked-kernel.ts';
import { PACKAGE_ALIASES } from '../../scripts/package-aliases.ts';
import {
  installFile,
  installLibraries,
  installModules,
  installProgram,
  type ModuleSet,
} from './guest-files.ts';

/** What a guest does, and with what. */
export interface GuestImage {
  /** Source of the program that it runs. */
  readonly entry: string;
  /** Of this machine, beside node, ip and modprobe. */
  readonly programs: readonly string[];
  /** Of `build/`. */
  readonly built: readonly string[];
  readonly modules: ModuleSet;
  /** HEDDLE_LAB_PATIENCE of its labs. */
  readonly patience: number;
  /** Of qemu: ten times what it needs, however long it waits for a busy machine. */
  readonly limitCpuSeconds: number;
}

const FOLDERS = ['proc', 'sys', 'dev', 'run', 'tmp', 'bin', 'etc', 'var/lib'];
const NATIVES = ['libbpf_ts.node', 'rtnetlink.node'];
/** Files of this machine that programs look for. */
const FILES = ['/etc/protocols'];
const HOME = 'heddle/build';

/** Of kmod: several at once wait for each other's modules, where busybox's would fail. */
const MODPROBE = '/usr/bin/modprobe';

/** devtmpfs has no names for a process's own descriptors; `nft -f -` opens /dev/stdin. The port appears when udev would hear of it, and
 * can be opened a moment later. */
const init = ({ patience }: GuestImage): string => `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/usr/bin:/bin HOME=/ HEDDLE_LAB_PATIENCE=${patience}
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t bpf bpf /sys/fs/bpf
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
echo ${MODPROBE} > /proc/sys/kernel/modprobe
${MODPROBE} -a virtio_pci virtio_console
until : > /dev/vport0p1; do sleep 0.05; done 2> /dev/null
node /${HOME}/guest.mjs > /dev/vport0p1
poweroff -f
`;

/** Writes an initramfs, as an uncompressed newc archive (kernel: Documentation/driver-api/early-userspace). */
export async function packImage(kernel: UnpackedKernel, guest: GuestImage, file: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'heddle-guest-'));
  try {
    for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
    cpSync('/usr/bin/busybox', join(root, 'bin/busybox'));
    for (const program of ['node', 'ip', 'ethtool', 'modprobe', ...guest.programs])
      installProgram(root, program);
    for (const path of FILES) installFile(root, path, path);
    installModules(root, kernel, guest.modules);
    await installHeddle(root, guest);
    writeFileSync(join(root, 'init'), init(guest));
    chmodSync(join(root, 'init'), 0o755);
    execFileSync('sh', ['-c', 'find . | cpio --create --format=newc --quiet > "$0"', resolve(file)], {
      cwd: root,
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The guest's program, the native halves of the packages, and what else was built. */
async function installHeddle(root: string, { entry, built }: GuestImage): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile: join(root, HOME, 'guest.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
    alias: PACKAGE_ALIASES,
    logLevel: 'warning',
  });
  for (const name of [...NATIVES, ...built]) installFile(root, join('build', name), join(HOME, name));
  for (const native of NATIVES) installLibraries(root, join('build', native));
}
