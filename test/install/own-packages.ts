// The packages that `make dist node-package` has made, and a later version of one of them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Release } from './releases.ts';

const DIST = 'build/dist';
const BUNDLES = ['heddled.mjs', 'heddlectl.mjs'];
/** The first release whose own Node is new enough. */
const OWN_NODE_SINCE = 13;

/** Paths of those that the release needs. */
export function ownPackages({ number }: Release): string[] {
  const names = ['heddle', ...(number < OWN_NODE_SINCE ? ['heddle-node'] : [])];
  return names.map(name => {
    const [found, ...others] = readdirSync(DIST).filter(file => new RegExp(`^${name}_.*\\.deb$`).test(file));
    if (found === undefined || others.length > 0)
      throw new Error(`${DIST} has not one package ${name}: run make dist node-package`);
    return join(DIST, found);
  });
}

/** Packs the same build under another version, which it tells as its own, into `folder`; its path. */
export function repackAs(path: string, version: string, folder: string): string {
  const tree = mkdtempSync(join(tmpdir(), 'heddle-repack-'));
  try {
    execFileSync('dpkg-deb', ['--raw-extract', path, tree]);
    const control = join(tree, 'DEBIAN/control');
    const former = /^Version: (.*)$/m.exec(readFileSync(control, 'utf8'))?.[1] ?? '';
    replaceIn(control, `Version: ${former}`, `Version: ${version}`);
    for (const bundle of BUNDLES)
      replaceIn(join(tree, 'usr/lib/heddle', bundle), `version:"${former}"`, `version:"${version}"`);
    execFileSync('dpkg-deb', ['--build', '-Znone', tree, folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  } finally {
    rmSync(tree, { recursive: true });
  }
  const architecture = /_(\w+)\.deb$/.exec(path)?.[1] ?? '';
  return join(folder, `heddle_${version}_${architecture}.deb`);
}

function replaceIn(path: string, text: string, by: string): void {
  const whole = readFileSync(path, 'utf8');
  if (whole.split(text).length !== 2) throw new Error(`${path} has '${text}' not once`);
  writeFileSync(path, whole.replace(text, by));
}
