// The objects of a mutant, in a build folder of its own: tests that lie there find them as they find the product's.
import { execFile } from 'node:child_process';
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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

const BUILD = 'build';
export const MUTANTS_FOLDER = join(BUILD, 'mutants');
mkdirSync(MUTANTS_FOLDER, { recursive: true });
/** Sections that say where code comes from, or what it is called. */
const NOT_CODE = /^\.(BTF|rel\.BTF|symtab|strtab|llvm)/;

/** Of this run: several may go on at once. Below build/, where modules find the rest of what was built. */
const runFolder = mkdtempSync(join(MUTANTS_FOLDER, 'run-'));
process.on('exit', () => {
  rmSync(runFolder, { recursive: true, force: true });
});

/** Has the product's objects until a hook's is compiled. */
export class MutantBuild {
  readonly folder: string;
  /** Hooks whose sources the mutant changes. */
  readonly hooks: readonly HookName[];
  readonly #source: string;
  readonly #tools: Toolchain;
  readonly #compiled = new Map<HookName, boolean>();

  constructor(mutant: Mutant, tools: Toolchain) {
    this.folder = join(runFolder, mutant.name);
    this.#source = join(this.folder, 'source');
    this.#tools = tools;
    const sources = mutatedSources(mutant);
    this.hooks = hooksThatInclude(new Set(sources.keys()));
    cpSync('bpf', join(this.#source, 'bpf'), { recursive: true });
    for (const [file, text] of sources) writeFileSync(join(this.#source, file), text);
    this.link(HOOK_NAMES.map(objectOf));
  }

  /** Hard links to files of build/, at the same place in this one: a module knows itself by where it lies. */
  link(paths: readonly string[]): void {
    for (const path of paths) {
      const target = join(this.folder, path);
      mkdirSync(dirname(target), { recursive: true });
      linkSync(join(BUILD, path), target);
    }
  }

  /** Those of `hooks` whose programs differ from the product's; throws if one does not compile. */
  async compile(hooks: readonly HookName[]): Promise<readonly HookName[]> {
    const differing: HookName[] = [];
    for (const hook of hooks.filter(each => this.hooks.includes(each))) {
      const differs = this.#compiled.get(hook) ?? (await this.#compileOne(hook));
      this.#compiled.set(hook, differs);
      if (differs) differing.push(hook);
    }
    return differing;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  async #compileOne(hook: HookName): Promise<boolean> {
    const object = objectOf(hook);
    rmSync(join(this.folder, object)); // never write through the link
    // From the root of its own sources, so that paths inside the object are the product's. A fault may leave things unused.
    const { compile, strip } = this.#tools;
    const command = `${compile} -w -c bpf/${hook}.bpf.c -o ../${object} && ${strip} ../${object}`;
    await run('bash', ['-c', command], { cwd: this.#source });
    return codeOf(join(BUILD, object)) !== codeOf(join(this.folder, object));
  }
}

/** By what the compiler has noted of each object. */
export function hooksThatInclude(files: ReadonlySet<string>): readonly HookName[] {
  return HOOK_NAMES.filter(hook => {
    const [, sources = ''] = readFileSync(join(BUILD, `bpf/${hook}.bpf.d`), 'utf8').split(':');
    return sources.split(/[\s\\]+/).some(source => files.has(source));
  });
}

/** Files below a folder of build/, relative to build/. */
export function builtFilesBelow(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(join(BUILD, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => pattern.test(name))
    .map(name => join(folder, name))
    .sort();
}

function codeOf(path: string): string {
  const { sections } = readObject(readFileSync(path));
  const code = sections.filter(({ name }) => !NOT_CODE.test(name));
  return code.map(({ name, bytes }) => `${name} ${Buffer.from(bytes).toString('hex')}`).join('\n');
}

function objectOf(hook: HookName): string {
  return `bpf/${hook}.bpf.o`;
}
