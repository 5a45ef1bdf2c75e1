// apt over suites that the machine does not subscribe to: sources, lists and cache of our own, and nothing is installed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { debianMirrors, readAptSources, type DebianMirrors } from './apt-sources.ts';

export const SUITES = ['bookworm', 'bookworm-security', 'trixie', 'trixie-backports'] as const;

/** A version of a package, and the suite that serves it. */
export interface Served {
  readonly version: string;
  readonly suite: string;
}

export interface OwnApt {
  /** Every package name that the pattern (POSIX, extended) matches. */
  readonly names: (pattern: string) => string[];
  /** Names in the package's Depends, of which the first alternative counts. */
  readonly dependencies: (name: string) => string[];
  /** The version that would be downloaded. */
  readonly served: (name: string) => Served;
  /** Unpacks packages into a folder, over what is there. */
  readonly unpack: (names: readonly string[], folder: string) => void;
}

/** Brings the lists below `folder` up to date; a mirror has only what its lists name today. */
export function openOwnApt(folder: string): OwnApt {
  const [lists, cache, list] = [join(folder, 'lists'), join(folder, 'cache'), join(folder, 'sources.list')];
  for (const path of [join(lists, 'partial'), join(cache, 'archives/partial')])
    mkdirSync(path, { recursive: true });
  const release = codename();
  writeFileSync(list, sourcesList(debianMirrors(readAptSources(), release)));
  const settings = Object.entries({
    'Dir::Etc::sourcelist': resolve(list),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::Lists': resolve(lists),
    'Dir::Cache': resolve(cache),
    // Images for containers leave these empty, and every call would read all lists anew.
    'Dir::Cache::pkgcache': 'pkgcache.bin',
    'Dir::Cache::srcpkgcache': 'srcpkgcache.bin',
    // Where several suites serve a package, the machine's own fits its libraries.
    'APT::Default-Release': `/^${release}(-security|-updates)?$/`,
    'APT::Sandbox::User': 'root', // `_apt` cannot write into a checkout
    'Acquire::Languages': 'none',
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const run = (tool: string, ...words: string[]): string => runTool(tool, [...settings, ...words]);
  run('apt-get', 'update', '-qq');
  return {
    names: pattern =>
      linesOf(run('apt-cache', 'search', '--names-only', pattern)).map(line => line.split(' ')[0] ?? ''),
    dependencies: name => dependenciesIn(run('apt-cache', 'show', '--no-all-versions', name)),
    served: name => servedAs(run('apt-cache', 'policy', name), run('apt-cache', 'madison', name)),
    unpack: (names, target) => unpack(names, target, words => run('apt-get', ...words)),
  };
}

/** Suites of the security archive are served by another mirror, or by none. */
export function sourcesList({ archive, security }: DebianMirrors): string {
  const lines = SUITES.flatMap(suite => {
    const source = suite.endsWith('-security') ? security : archive;
    if (source === undefined) return [];
    const option = source.signedBy === undefined ? '' : `[signed-by=${source.signedBy}] `;
    return [`deb ${option}${source.uri} ${suite} main`];
  });
  return `${lines.join('\n')}\n`;
}

export function dependenciesIn(shown: string): string[] {
  const [, field = ''] = /^Depends: (.*)$/m.exec(shown) ?? [];
  return field.split(', ').map(clause => clause.split(' ')[0] ?? '');
}

/** The candidate that `apt-cache policy` names; `madison` has lines `name | version | uri suite/component …`. */
export function servedAs(policy: string, madison: string): Served {
  const [, version = ''] = /^ *Candidate: (\S+)$/m.exec(policy) ?? [];
  const rows = linesOf(madison).map(line => line.split('|').map(cell => cell.trim()));
  const [, , source = ''] = rows.find(row => row[1] === version) ?? [];
  return { version, suite: source.split(' ')[1]?.split('/')[0] ?? '' };
}

function unpack(
  names: readonly string[],
  folder: string,
  aptGet: (words: readonly string[]) => unknown,
): void {
  const packages = join(folder, 'packages');
  mkdirSync(packages, { recursive: true });
  const here = process.cwd();
  process.chdir(packages); // apt-get download has no setting for where
  try {
    aptGet(['download', '-qq', ...names]);
  } finally {
    process.chdir(here);
  }
  for (const file of readdirSync(packages)) runTool('dpkg-deb', ['--extract', join(packages, file), folder]);
  rmSync(packages, { recursive: true });
}

function runTool(tool: string, args: readonly string[]): string {
  return execFileSync(tool, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 << 20,
  });
}

function codename(): string {
  const [, name] = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
  if (name === undefined) throw new Error('/etc/os-release has no VERSION_CODENAME: this is not Debian');
  return name;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line.trim() !== '');
}
