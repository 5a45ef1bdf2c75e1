// Who notices that a mutant's objects are not the product's: first the tables and stories, played in one process, then
// the test files one by one, the one that noticed it last time before all others.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildMutant, builtFilesBelow, linkInto, type MutantBuild, type Toolchain } from './build.ts';
import type { Notice } from './play.ts';
import { runTestBundle } from './test-run.ts';
import type { Mutant } from '../mutant.ts';

const run = promisify(execFile);

const PLAYER = 'scripts/play-datapath.mjs';
const TESTS = 'test/test/bpf';
/** They say nothing of behaviour, or only repeat the tables. */
const NOT_ASKED = /\/(complexity|map-definitions|every-verdict|fuzz-frames|conformance\/.*)\.test\.mjs$/;
/** In the source of a test that only plays a table or stories. */
const PLAYED = /^run(Table|Stories)\(/m;

/** A test file on the product as it is. */
export interface BaselineTest {
  readonly test: string;
  /** Titles of what fails there already. */
  readonly known: ReadonlySet<string>;
}

export interface Noticed {
  readonly test: string;
  readonly title: string;
  readonly byVerifier?: boolean;
}

/** Undefined: nobody noticed. 'same code': there is nothing to notice. */
export type Answer = Noticed | 'same code' | undefined;

export const TABLES_AND_STORIES = 'tables and stories';

/** Those of test/bpf that the player does not play. */
export function testsBesidePlayer(): readonly string[] {
  return builtFilesBelow(TESTS, /\.test\.mjs$/).filter(
    path => !NOT_ASKED.test(path) && !PLAYED.test(readFileSync(sourceOf(path), 'utf8')),
  );
}

/** Of a bundle, whose path is that below build/test. */
export function sourceOf(bundle: string): string {
  return bundle.replace(/^test\//, '').replace(/\.mjs$/, '.ts');
}

/** `tests`: in the order in which they are asked. */
export async function ask(
  mutant: Mutant,
  tools: Toolchain,
  tests: readonly BaselineTest[],
  last: string | undefined,
): Promise<Answer> {
  const build = await buildMutant(mutant, tools);
  if (build.hooks.length === 0) return 'same code';
  linkTests(build);
  const [first, others] = [
    tests.filter(({ test }) => test === last),
    tests.filter(({ test }) => test !== last),
  ];
  return (await noticedBy(build, first)) ?? (await played(build)) ?? (await noticedBy(build, others));
}

/** What to ask, the fastest first. Throws if the tables do not hold on the product. */
export async function baseline(tests: readonly string[]): Promise<readonly BaselineTest[]> {
  const build = await buildMutant(undefined, { compile: '', strip: '' });
  linkTests(build);
  const noticed = await played(build);
  if (noticed !== undefined) throw new Error(`the product as it is fails already: ${noticed.title}`);
  const tried: (BaselineTest & { readonly ms: number })[] = [];
  for (const test of tests) {
    const start = Date.now();
    const { failed } = await runTestBundle(join(build.folder, test), { toTheEnd: true });
    tried.push({ test, known: new Set(failed), ms: Date.now() - start });
  }
  return tried.sort((a, b) => a.ms - b.ms);
}

async function noticedBy(build: MutantBuild, tests: readonly BaselineTest[]): Promise<Noticed | undefined> {
  for (const test of tests) {
    const noticed = await tried(build, test);
    if (noticed !== undefined) return noticed;
  }
  return undefined;
}

function linkTests(build: MutantBuild): void {
  linkInto(build, [PLAYER, ...builtFilesBelow('test/bpf', /\.o$/), ...builtFilesBelow(TESTS, /\.mjs$/)]);
}

async function played({ folder, hooks }: MutantBuild): Promise<Noticed | undefined> {
  const args = ['--enable-source-maps', join(folder, PLAYER), ...hooks];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 64 * 2 ** 20 });
  const { by, verifier = false } = JSON.parse(stdout) as Notice;
  return by === undefined ? undefined : { test: TABLES_AND_STORIES, title: by, byVerifier: verifier };
}

/** Twice: what a busy machine makes fail is no notice. */
async function tried({ folder }: MutantBuild, { test, known }: BaselineTest): Promise<Noticed | undefined> {
  const fail = async (): Promise<string | undefined> =>
    (await runTestBundle(join(folder, test), { ignored: known })).failed[0];
  const title = (await fail()) === undefined ? undefined : await fail();
  return title === undefined ? undefined : { test, title };
}
