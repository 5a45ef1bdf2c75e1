// Unpacks the Debian releases that `make try-install` boots into build/roots, by mmdebstrap, with apt's cache full of what will be
// installed there: the machines have no way out.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { chaptersFor } from '../test/install/page.ts';
import { ownPackages } from '../test/install/own-packages.ts';
import { RELEASES, rootFolder, type Release } from '../test/install/releases.ts';
import { debianMirrors, readAptSources, type AptSource } from './debian/apt-sources.ts';

/** What an installed Debian has, and a smallest one has not. */
const INSTALLED = ['systemd', 'systemd-sysv', 'init-system-helpers', 'iproute2', 'procps', 'kmod'];
/** A slow mirror is ten times as fast. */
const LIMIT_MS = 600_000;
const HERE = /^VERSION_CODENAME=(\w+)$/m;

/** Names of Debian's packages in the page's `apt install`s: what is not a file. */
function packagesOfPage({ number }: Release): string[] {
  const commands = chaptersFor(number).flatMap(({ actions }) =>
    actions.flatMap(each => (each.kind === 'command' ? [each.text] : [])),
  );
  return commands
    .filter(text => text.startsWith('apt install '))
    .flatMap(text => text.split(' ').slice(2))
    .filter(word => /^[a-z0-9]/.test(word));
}

function sourceLine({ uri, signedBy }: AptSource, suite: string): string {
  return `deb ${signedBy === undefined ? '' : `[signed-by=${signedBy}] `}${uri} ${suite} main`;
}

function sources({ codename }: Release): string[] {
  const here = HERE.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  const { archive, security } = debianMirrors(readAptSources(), here);
  return [
    sourceLine(archive, codename),
    ...(security === undefined ? [] : [sourceLine(security, `${codename}-security`)]),
  ];
}

/** mmdebstrap's hooks are shell, with the root as "$1". */
function fillCache(release: Release, own: readonly string[]): string[] {
  const copied = own.map(path => path.replace(/^.*\//, '/'));
  const wanted = [...copied, ...packagesOfPage(release)].join(' ');
  return [
    `--customize-hook=copy-in ${own.map(path => resolve(path)).join(' ')} /`,
    `--customize-hook=chroot "$1" apt-get install -qq --yes --download-only --install-recommends ${wanted}`,
    `--customize-hook=rm ${copied.map(path => `"$1"${path}`).join(' ')}`,
  ];
}

function fetchRoot(release: Release): void {
  const folder = rootFolder(release);
  const stamp = `${folder}.json`;
  const own = ownPackages(release);
  const depends = own.map(path =>
    execFileSync('dpkg-deb', ['--field', path, 'Depends'], { encoding: 'utf8' }),
  );
  const made = JSON.stringify({
    sources: sources(release),
    page: packagesOfPage(release),
    ...{ depends, INSTALLED, release },
  });
  const digest = createHash('sha256').update(made).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  process.stdout.write(`  ROOT     ${folder}\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const words = ['--quiet', '--variant=minbase', '--format=directory', '--skip=cleanup/apt'];
  execFileSync(
    'mmdebstrap',
    [
      ...words,
      `--include=${[...INSTALLED, ...release.installed].join(',')}`,
      ...fillCache(release, own),
      release.codename,
      folder,
      ...sources(release),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], timeout: LIMIT_MS },
  );
  writeFileSync(stamp, digest); // last: says that all is there
}

for (const release of RELEASES) fetchRoot(release);
