// clang as Debian packages it, unpacked beside the machine's own and not installed.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { byNumbers } from './kernel-packages.ts';
import type { OwnApt } from './own-apt.ts';

export interface Compiler {
  /** As Debian names the package: `clang-19`. */
  readonly name: string;
  readonly version: string;
  /** What serves it; of the machine's own, nothing is known. */
  readonly suite: string;
  /** How to call it: one line of shell words. */
  readonly command: string;
}

export const COMPILERS_FOLDER = 'build/compilers';
export const CLANG_PACKAGES = '^clang-[0-9]+$';
const ABOUT = 'compiler.json';

export function newestClang(names: readonly string[]): string {
  const newest = [...names].sort(byNumbers).at(-1);
  if (newest === undefined) throw new Error('apt knows no clang');
  return newest;
}

/** The compiler's package and what of LLVM it is made of; all else it shares with the machine. */
export function clangPackages(clang: string, dependencies: (name: string) => readonly string[]): string[] {
  const found = new Set([clang]);
  for (const name of found)
    // a Set takes up what is added on the way
    for (const needed of dependencies(name)) if (/^lib(clang|llvm)/.test(needed)) found.add(needed);
  return [...found];
}

/** Downloads and unpacks it once; throws a sentence when it does not run on this machine. */
export function fetchCompiler(apt: OwnApt, name: string): Compiler {
  const folder = join(COMPILERS_FOLDER, name);
  const about = join(folder, ABOUT);
  if (existsSync(about)) return JSON.parse(readFileSync(about, 'utf8')) as Compiler;
  rmSync(folder, { recursive: true, force: true });
  apt.unpack(clangPackages(name, apt.dependencies), folder);
  const usr = resolve(folder, 'usr');
  const libraries = join(usr, 'lib', execFileSync('gcc', ['-print-multiarch'], { encoding: 'utf8' }).trim());
  const binary = join(usr, 'lib', name.replace('clang', 'llvm'), 'bin/clang');
  const compiler = { name, ...apt.served(name), command: `env LD_LIBRARY_PATH=${libraries} ${binary}` };
  execFileSync('sh', ['-c', `${compiler.command} --version`], { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(about, JSON.stringify(compiler, undefined, 2)); // last: says that all is there
  return compiler;
}

/** The one that `make` uses. */
export function installedCompiler(name: string): Compiler {
  const format = ['-W', '-f', '${Version}'];
  const version = execFileSync('dpkg-query', [...format, name], { encoding: 'utf8' });
  return { name, version, suite: 'installed', command: name };
}
