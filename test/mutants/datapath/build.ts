// The objects of a mutant, in a build folder of its own: tests that lie there find them as they find the product's.
import { execFile } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readObject } from 'libbpf-ts';
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import { mutatedSources, type Mutant } from '../mutant.ts';

const run = promisify(execFile);

/** Of the Makefile: how it compiles a program of bpf/, and strips it. */
export interface Toolchain {
  readonly compile: string;
  readonly strip: string;
}

export interface MutantBuild {
  /** As build/, with what `linkInto` was given. */
  readonly folder: string;
  /** Hooks whose program is another than the product's. */
  readonly hooks: readonly HookName[];
}

const BUILD = 'build';
export const MUTANTS_FOLDER = join(BUILD, 'mutants');
/** Of sections that say where code comes from, or what it is called. */
const NOT_CODE = /^\.(BTF|rel\.BTF|symtab|strtab|llvm)/;

/** Throws if it does not compile. Without a mutant: the product's own objects. */
export async function buildMutant(mutant: Mutant | undefined, tools: Toolchain): Promise<MutantBuild> {
  const folder = join(MUTANTS_FOLDER, mutant?.name ?? 'none');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'bpf'), { recursive: true });
  const compiled = mutant === undefined ? [] : await compileAnew(mutant, folder, tools);
  for (const hook of HOOK_NAMES.filter(hook => !compiled.includes(hook)))
    linkSync(objectIn(BUILD, hook), objectIn(folder, hook));
  const hooks = mutant === undefined ? HOOK_NAMES : compiled.filter(hook => differs(folder, hook));
  return { folder, hooks };
}

/** Hard links to files of build/, at the same place in the mutant's: a module knows itself by where it lies. */
export function linkInto({ folder }: MutantBuild, paths: readonly string[]): void {
  for (const path of paths) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    linkSync(join(BUILD, path), target);
  }
}

/** What hooks' objects were made from, as the compiler has noted it. */
export function hooksThatInclude(files: ReadonlySet<string>): readonly HookName[] {
  return HOOK_NAMES.filter(hook => {
    const [, sources = ''] = readFileSync(join(BUILD, `bpf/${hook}.bpf.d`), 'utf8').split(':');
    return sources.split(/[\s\\]+/).some(source => files.has(source));
  });
}

async function compileAnew(mutant: Mutant, folder: string, tools: Toolchain): Promise<readonly HookName[]> {
  const sources = mutatedSources(mutant);
  const root = join(folder, 'source');
  cpSync('bpf', join(root, 'bpf'), {
    recursive: true,
    filter: path => !/\.(json|md)$/.test(path),
  });
  for (const [file, text] of sources) writeFileSync(join(root, file), text);
  const hooks = hooksThatInclude(new Set(sources.keys()));
  if (hooks.length === 0)
    throw new Error(`mutant ${mutant.name}: no program includes ${[...sources.keys()].join()}`);
  for (const hook of hooks) {
    // From the root of its own sources: paths inside the object are the product's. A fault may leave things unused.
    const object = `../bpf/${hook}.bpf.o`;
    await run(
      'bash',
      ['-c', `${tools.compile} -w -c bpf/${hook}.bpf.c -o ${object} && ${tools.strip} ${object}`],
      {
        cwd: root,
      },
    );
  }
  rmSync(root, { recursive: true });
  return hooks;
}

function differs(folder: string, hook: HookName): boolean {
  const [ours, theirs] = [BUILD, folder].map(from => codeOf(objectIn(from, hook)));
  return ours !== theirs;
}

function codeOf(path: string): string {
  const { sections } = readObject(readFileSync(path));
  const code = sections.filter(({ name }) => !NOT_CODE.test(name));
  return code.map(({ name, bytes }) => `${name} ${Buffer.from(bytes).toString('hex')}`).join('\n');
}

function objectIn(folder: string, hook: HookName): string {
  return join(folder, 'bpf', `${hook}.bpf.o`);
}

/** Files below a folder of build/, relative to build/. */
export function builtFilesBelow(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(join(BUILD, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => pattern.test(name))
    .map(name => join(folder, name))
    .sort();
}
