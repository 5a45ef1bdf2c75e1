// Where the compiled BPF objects lie.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `bpf/<program>.bpf.o` in the first folder above this module that has it, or whose build folder does. */
export function objectPath(program: string): string {
  const file = join('bpf', `${program}.bpf.o`);
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = [join(folder, file), join(folder, 'build', file)].find(path => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) throw new Error(`no ${file} here or above: run make bpf`);
  }
}
