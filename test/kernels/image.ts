// A file system for a guest that runs one program of ours: that program, node, what both need, and a kernel's modules.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** As `make` has unpacked it from Debian's package. */
export interface UnpackedKernel {
  readonly release: string;
  readonly image: string;
  readonly modules: string;
}

const PROGRAMS = ['node', 'ip'];
/** Where `modprobe` finds what devices and hooks are made of. */
const MODULE_FOLDERS = ['net', 'lib', 'crypto', 'drivers/net', 'drivers/char', 'drivers/virtio'];
const HOME = 'heddle/build';

const INIT = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/usr/bin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t bpf bpf /sys/fs/bpf
echo /bin/modprobe > /proc/sys/kernel/modprobe
modprobe -a virtio_pci virtio_console
node /${HOME}/guest.mjs > /dev/vport0p1
poweroff -f
`;

export function unpackedKernel(folder: string): UnpackedKernel {
  const [release = ''] = readdirSync(join(folder, 'lib/modules'));
  return {
    release,
    image: join(folder, 'boot', `vmlinuz-${release}`),
    modules: join(folder, 'lib/modules', release),
  };
}

/** Writes an initramfs, as an uncompressed newc archive (kernel: Documentation/driver-api/early-userspace). */
export async function packImage(kernel: UnpackedKernel, file: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'heddle-guest-'));
  try {
    for (const folder of ['proc', 'sys', 'dev', 'run', 'tmp', 'bin']) mkdirSync(join(root, folder));
    cpSync('/usr/bin/busybox', join(root, 'bin/busybox'));
    for (const program of PROGRAMS) installProgram(root, program);
    installModules(root, kernel);
    await installHeddle(root);
    writeFileSync(join(root, 'init'), INIT);
    chmodSync(join(root, 'init'), 0o755);
    execFileSync('sh', ['-c', 'find . | cpio --create --format=newc --quiet > "$0"', resolve(file)], {
      cwd: root,
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** With the libraries that it is linked to. */
function installProgram(root: string, name: string): void {
  const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  cpSync(realpathSync(path), join(root, 'usr/bin', name));
  installLibraries(root, path);
}

function installLibraries(root: string, binary: string): void {
  const printed = execFileSync('ldd', [binary], { encoding: 'utf8' });
  for (const [library] of printed.matchAll(/\/\S+/g)) {
    if (library === `${binary}:`) continue;
    cpSync(realpathSync(library), join(root, library));
  }
}

function installModules(root: string, { release, modules }: UnpackedKernel): void {
  const target = join(root, 'lib/modules', release);
  for (const folder of MODULE_FOLDERS)
    cpSync(join(modules, 'kernel', folder), join(target, 'kernel', folder), { recursive: true });
  for (const list of ['modules.builtin', 'modules.order']) cpSync(join(modules, list), join(target, list));
  execFileSync('depmod', ['--basedir', root, release], { stdio: ['ignore', 'ignore', 'ignore'] });
}

/** The guest's program, the native halves of the packages, and the objects that it loads. */
async function installHeddle(root: string): Promise<void> {
  await build({
    entryPoints: ['test/kernels/guest.ts'],
    outfile: join(root, HOME, 'guest.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    alias: {
      'libbpf-ts': './packages/libbpf-ts/src/index.ts',
      rtnetlink: './packages/rtnetlink/src/index.ts',
    },
    logLevel: 'warning',
  });
  for (const native of ['libbpf_ts.node', 'rtnetlink.node']) {
    cpSync(join('build', native), join(root, HOME, native));
    installLibraries(root, join('build', native));
  }
  cpSync('build/bpf', join(root, HOME, 'bpf'), { recursive: true });
}
