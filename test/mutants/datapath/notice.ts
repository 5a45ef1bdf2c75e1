// Who notices that a mutant's objects are not the product's: the tables hook by hook, then the stories, then the test
// files one by one; whoever noticed it last time comes before all others.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import type { Mutant } from '../mutant.ts';
import { inParallel } from '../in-parallel.ts';
import { builtFilesBelow, MutantBuild, type Toolchain } from './build.ts';
import type { Notice } from './play.ts';
import { runTestBundle } from './test-run.ts';

const run = promisify(execFile);

const PLAYER = 'scripts/play-datapath.mjs';
const TESTS = 'test/test/bpf';
/** They say nothing of behaviour, repeat the tables, or are random. */
const NOT_ASKED =
  /\/(complexity|map-definitions|every-verdict|cut-short|mutation|fuzz-frames|conformance\/.*)\.test\.mjs$/;
/** In the source of a test that only plays a table or stories. */
const PLAYED = /^run(Table|Stories)\(/m;

/** A test file on the product as it is. */
export interface BaselineTest {
  /** Its bundle, below build/. */
  readonly test: string;
  /** Whose programs it loads. */
  readonly hooks: readonly HookName[];
  /** Titles of what fails there already. */
  readonly known: ReadonlySet<string>;
}

export interface Noticed {
  /** Tables of a hook, the stories, or a test file. */
  readonly by: string;
  readonly title: string;
  readonly byVerifier?: boolean;
}

interface Asked {
  readonly name: string;
  readonly notices: () => Promise<Noticed | undefined>;
}

/** Those of test/bpf that the player does not play, as bundles below build/. */
export function testsBesidePlayer(): readonly string[] {
  return builtFilesBelow(TESTS, /\.test\.mjs$/).filter(
    path => !NOT_ASKED.test(path) && !PLAYED.test(readFileSync(sourceOf(path), 'utf8')),
  );
}

export function sourceOf(bundle: string): string {
  return bundle.replace(/^test\//, '').replace(/\.mjs$/, '.ts');
}

/** `tests`: in the order in which they are asked; `last`: who noticed it last time. */
export async function ask(
  mutant: Mutant,
  tools: Toolchain,
  tests: readonly BaselineTest[],
  last: string | undefined,
): Promise<Noticed | undefined> {
  const build = new MutantBuild(mutant, tools);
  if (build.hooks.length === 0) throw new Error(`mutant ${mutant.name}: no program includes what it changes`);
  linkTests(build);
  const all = [
    ...build.hooks.map(hook => tablesOf(build, hook)),
    { name: 'stories', notices: async () => played(build, 'stories', await build.compileAll()) },
    ...tests.map(test => testFile(build, test)),
  ];
  for (const { notices } of [
    ...all.filter(({ name }) => name === last),
    ...all.filter(({ name }) => name !== last),
  ]) {
    const noticed = await notices();
    if (noticed === undefined) continue;
    build.remove();
    return noticed;
  }
  return undefined;
}

/** What to ask, the fastest first. Throws if tables or stories do not hold on the product. */
export async function baseline(tests: readonly string[], workers: number): Promise<readonly BaselineTest[]> {
  const build = new MutantBuild({ name: 'none', fault: '', edits: [] }, { compile: '', strip: '' });
  linkTests(build);
  for (const what of ['tables', 'stories'] as const) {
    const noticed = await played(build, what, HOOK_NAMES);
    if (noticed !== undefined) throw new Error(`the product as it is fails already: ${noticed.title}`);
  }
  const tried: (BaselineTest & { readonly ms: number })[] = [];
  await inParallel(tests, workers, async test => {
    const start = Date.now();
    const { failed } = await runTestBundle(join(build.folder, test), { toTheEnd: true });
    tried.push({ test, hooks: hooksIn(test), known: new Set(failed), ms: Date.now() - start });
  });
  return tried.sort((a, b) => a.ms - b.ms);
}

/** As its source names them. */
function hooksIn(test: string): readonly HookName[] {
  const source = readFileSync(sourceOf(test), 'utf8');
  return HOOK_NAMES.filter(hook => source.includes(`'${hook}'`));
}

function linkTests(build: MutantBuild): void {
  build.link([PLAYER, ...builtFilesBelow('test/bpf', /\.o$/), ...builtFilesBelow(TESTS, /\.mjs$/)]);
}

function tablesOf(build: MutantBuild, hook: HookName): Asked {
  return {
    name: `tables of ${hook}`,
    notices: async () => ((await build.compile(hook)) ? played(build, 'tables', [hook]) : undefined),
  };
}

async function played(
  { folder }: MutantBuild,
  what: 'tables' | 'stories',
  hooks: readonly HookName[],
): Promise<Noticed | undefined> {
  if (hooks.length === 0) return undefined;
  const args = ['--enable-source-maps', join(folder, PLAYER), what, ...hooks];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 64 * 2 ** 20 });
  const { by: title, verifier = false } = JSON.parse(stdout) as Notice;
  const by = what === 'tables' ? `tables of ${hooks.join(', ')}` : what;
  return title === undefined ? undefined : { by, title, byVerifier: verifier };
}

/** Twice: what a busy machine makes fail is no notice. */
function testFile(build: MutantBuild, { test, hooks, known }: BaselineTest): Asked {
  const fail = async (): Promise<string | undefined> =>
    (await runTestBundle(join(build.folder, test), { ignored: known })).failed[0];
  const notices = async (): Promise<Noticed | undefined> => {
    const differing = await build.compileAll();
    if (!hooks.some(hook => differing.includes(hook))) return undefined;
    const title = (await fail()) === undefined ? undefined : await fail();
    return title === undefined ? undefined : { by: test, title };
  };
  return { name: test, notices };
}
