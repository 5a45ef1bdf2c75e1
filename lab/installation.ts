// Where the built daemon and the plugin are: beside this bundle, or in a build folder above it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of a file that `make` builds. */
export function builtFile(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    for (const candidate of [join(folder, name), join(folder, 'build', name)])
      if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new Error(`${name} is not built: run 'make'`);
    folder = dirname(folder);
  }
}
