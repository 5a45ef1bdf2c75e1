// Where the compiled BPF objects lie.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import { findObjectFolder } from '../../../loader/programs/objects.ts';

/** Of the product's objects: HEDDLE_BPF_FOLDER, or where the daemon would look. */
export function objectFolder(): string {
  return process.env['HEDDLE_BPF_FOLDER'] ?? findObjectFolder();
}

/** An object of the product, or else of the tests: in the first `bpf/` above this module that has it, or in `build/` beside it. */
export function objectPath(program: string): string {
  if (HOOK_NAMES.includes(program as HookName)) return join(objectFolder(), `${program}.bpf.o`);
  const file = join('bpf', `${program}.bpf.o`);
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = [join(folder, file), join(folder, 'build', file)].find(path => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) throw new Error(`no ${file} here or above: run make bpf`);
  }
}
