// The addon's file: where it may lie, and what to say where none of them can be loaded.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BpfError } from './errors.ts';

const ADDON = 'libbpf_ts.node';

/** Below a package's own folder: what node-gyp built there comes before what was shipped. */
const OF_PACKAGE = [
  join('build/Release', ADDON),
  join('prebuilds', `${process.platform}-${process.arch}`, ADDON),
];

/** Below each folder from the running module up: beside a bundle, in a build folder, or in the installed package. */
const PLACES = [
  ADDON,
  join('build', ADDON),
  ...OF_PACKAGE,
  ...OF_PACKAGE.map(place => join('node_modules/libbpf-ts', place)),
];

/** As in rtnetlink: an addon lies beside the package that is used, and the two are used apart. */
export function addonFiles(from = fileURLToPath(import.meta.url)): string[] {
  const found: string[] = [];
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    found.push(...PLACES.map(place => join(folder, place)).filter(path => existsSync(path)));
    if (folder === dirname(folder)) return found;
  }
}

/** The first of the files that loads: a prebuilt one may be for another C library. */
export function loadAddon(files = addonFiles()): unknown {
  const refusals: string[] = [];
  for (const file of files) {
    try {
      return createRequire(import.meta.url)(file);
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new BpfError('ADDON', 'load', 'libbpf-ts', { text: remedy(refusals), log: refusals });
}

/** The library that the addon is linked to. */
export const MISSING_LIBRARY = 'libbpf.so.1';

function remedy(refusals: readonly string[]): string {
  if (process.platform !== 'linux') {
    return `BPF needs Linux, and this is ${process.platform}: only reading objects works here`;
  }
  if (refusals.some(text => text.includes(MISSING_LIBRARY))) {
    return `the library ${MISSING_LIBRARY} is missing: install it (Debian, Ubuntu: apt-get install libbpf1; Fedora: dnf install libbpf)`;
  }
  const why = refusals.at(-1);
  const trouble =
    why === undefined ? 'the native addon is not built' : `the native addon does not load (${why})`;
  return (
    `${trouble}: run "npm rebuild libbpf-ts", which needs a C compiler, make, python3 and libbpf's headers ` +
    '(Debian, Ubuntu: apt-get install build-essential python3 libbpf-dev; Fedora: dnf install gcc gcc-c++ make python3 libbpf-devel)'
  );
}
