// Another build in build/chaos: a patched copy of this tree, made by this tree's own Makefile. Its content names it, so
// that it is made once.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { builtFile } from '../../../lab/installation.ts';
import { patchedFiles, type BuildPatch } from './patch.ts';

const run = promisify(execFile);

/** Copied, since patches may change them. */
const COPIED = ['Makefile', 'bpf', 'cmd', 'loader', 'scripts'];
/** The same files as here. */
const SHARED = ['lab', 'node_modules', 'package-lock.json', 'package.json', 'packages', 'proto', 'test'];
/** Of what is shared, that goes into a bundle too. */
const BUNDLED = ['packages/ip/src', 'packages/libbpf-ts/src', 'packages/rtnetlink/src', 'package-lock.json'];

const MAKE_TIMEOUT_MS = 600_000;

/** Path of a daemon's bundle. */
export type BuildOf = (patch: BuildPatch) => Promise<string>;

/** Begins to make these, one after the other, beside whatever else goes on; who asks for one waits for it. */
export function beginBuilds(patches: readonly BuildPatch[]): BuildOf {
  const made = new Map<BuildPatch, Promise<string>>();
  let last: Promise<unknown> = Promise.resolve();
  for (const patch of patches) {
    const build = last.then(() => otherBuild(patch));
    last = build.catch(() => undefined); // the caller of `otherBuild` gets the failure
    made.set(patch, build);
  }
  return patch => made.get(patch) ?? otherBuild(patch);
}

/** Path of its daemon's bundle. */
async function otherBuild(patch: BuildPatch): Promise<string> {
  const root = dirname(dirname(builtFile('heddled.mjs')));
  const patched = patchedFiles(patch, file => textOf(join(root, file)));
  const folder = join(root, 'build/chaos', `${patch.name}-${hashOf(root, patched)}`);
  if (!existsSync(folder)) await make(root, folder, patched);
  return join(folder, 'build/heddled.mjs');
}

async function make(root: string, folder: string, patched: ReadonlyMap<string, string>): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const scratch = mkdtempSync(`${folder}.`);
  try {
    copyTree(root, scratch, patched);
    await compile(scratch);
    if (!existsSync(folder)) renameSync(scratch, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  removeOlder(folder);
}

function copyTree(root: string, scratch: string, patched: ReadonlyMap<string, string>): void {
  for (const name of COPIED) cpSync(join(root, name), join(scratch, name), { recursive: true });
  for (const name of SHARED) symlinkSync(join(root, name), join(scratch, name));
  for (const [file, text] of patched) writeFileSync(join(scratch, file), text);
}

/** `make gen` and the daemon's bundle, without what the tree's own build has seen to: packages, documents. */
async function compile(cwd: string): Promise<void> {
  // Flags of a make that we run under are not for this one.
  const env = { ...process.env, MAKEFLAGS: '', MAKELEVEL: '', MAKEOVERRIDES: '' };
  const options = { cwd, env, timeout: MAKE_TIMEOUT_MS };
  const trusted = ['-s', '-j2', '-o', 'build/.packages-build', '-o', 'node_modules/.package-lock.json'];
  const makeNicely = (...targets: string[]) => run('nice', ['make', ...trusted, ...targets], options);
  await makeNicely('bpf', 'build/scripts/gen-abi.mjs');
  await run(process.execPath, ['build/scripts/gen-abi.mjs'], options);
  await makeNicely('build/heddled.mjs');
}

function hashOf(root: string, patched: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  const files = [...COPIED, ...BUNDLED].flatMap(name => filesBelow(root, name)).sort();
  for (const file of files) hash.update(`${file}\0${patched.get(file) ?? textOf(join(root, file)) ?? ''}\0`);
  for (const [file, text] of patched) hash.update(`${file}\0${text}\0`);
  return hash.digest('hex').slice(0, 12);
}

function filesBelow(root: string, name: string): string[] {
  const path = join(root, name);
  if (textOf(path) !== undefined) return [name];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // no such file, or a folder
  }
}

/** Of the same patch over older sources. */
function removeOlder(folder: string): void {
  const chaos = dirname(folder);
  const stem = folder.slice(chaos.length + 1, -'123456789012'.length);
  for (const name of readdirSync(chaos).filter(found => /^[0-9a-f]{12}$/.test(found.slice(stem.length))))
    if (name.startsWith(stem) && join(chaos, name) !== folder)
      rmSync(join(chaos, name), { recursive: true, force: true });
}
