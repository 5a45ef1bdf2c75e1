// Heddle's image as deploy/image/Containerfile makes it, of this machine's own files: what `make dist` packs, and the
// programs and libraries that it needs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeImageArchive } from './image-archive.ts';

const TREE = 'build/dist/tree';
/** Those that the Containerfile installs, as far as they are called; node is the one that runs this. */
const PROGRAMS = [
  ...[
    '/usr/bin/env',
    '/bin/sh',
    '/bin/grep',
    '/bin/mount',
    '/bin/umount',
    '/bin/sleep',
    '/bin/ping',
    '/bin/rmdir',
  ],
  '/usr/sbin/nft',
];
const FOLDERS = [
  'proc',
  'sys',
  'dev',
  'run',
  'tmp',
  'etc',
  'opt/cni/bin',
  'etc/cni/net.d',
  'var/lib',
  'host',
];

/** Writes the archive below `directory`; its path. Throws if `make dist` has not run. */
export function writeHeddleImage(directory: string, name: string): string {
  if (!existsSync(TREE)) throw new Error(`${TREE} is not there: run make dist`);
  const root = join(directory, 'heddle-root');
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  cpSync(TREE, root, { recursive: true, verbatimSymlinks: true });
  install(root, process.execPath, '/usr/bin/node');
  for (const program of PROGRAMS) install(root, realpathSync(program), program);
  const lib = join(TREE, 'usr/lib/heddle');
  for (const addon of readdirSync(lib).filter(file => file.endsWith('.node')))
    for (const library of librariesOf(join(lib, addon))) install(root, library, library);
  return writeImageArchive(directory, { name, root, entrypoint: ['/usr/lib/heddle/heddled'] });
}

function install(root: string, from: string, to: string): void {
  const target = join(root, to);
  mkdirSync(dirname(target), { recursive: true });
  if (existsSync(target)) return;
  copyFileSync(from, target);
  for (const library of librariesOf(from)) install(root, realpathSync(library), library);
}

/** Paths by which the dynamic linker finds them; none for what is linked statically. */
function librariesOf(file: string): string[] {
  try {
    const lines = execFileSync('ldd', [file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return [...lines.matchAll(/(?:=> |^\s+)(\/\S+)/gm)].flatMap(([, path]) =>
      path === undefined || basename(path).startsWith('linux-vdso') ? [] : [path],
    );
  } catch {
    return [];
  }
}
