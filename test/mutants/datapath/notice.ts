// Who notices that a mutant's objects are not the product's: the tables hook by hook, then the stories, then the test
// files one by one; whoever noticed it last time comes before all others.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import type { Mutant } from '../mutant.ts';
import { builtFilesBelow, MutantBuild, type Toolchain } from './build.ts';
import type { Notice } from './play.ts';
import { runTestBundle } from './test-run.ts';

const run = promisify(execFile);

const PLAYER = 'scripts/play-datapath.mjs';
const TESTS = 'test/test/bpf';
/** They say nothing of behaviour, repeat the tables, or are random. */
const NOT_ASKED =
  /\/(complexity|map-definitions|every-verdict|cut-short|mutation|fuzz-frames|conformance\/.*)\.test\.mjs$/;
/** What outlives a packet: stories ask for that, tables hardly. */
const LASTING = /\/(conntrack\w*|admission|forwarded|host_path)\.h$/;
const SLOW = /\/conntrack-timers\.test\.mjs$/;
/** In the source of a test that only plays a table or stories. */
const PLAYED = /^run(Table|Stories)\(/m;

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

/** Those of test/bpf that the player does not play, as bundles below build/; what waits for timers comes last. */
function testsBesidePlayer(): readonly string[] {
  const tests = builtFilesBelow(TESTS, /\.test\.mjs$/).filter(
    path => !NOT_ASKED.test(path) && !PLAYED.test(readFileSync(sourceOf(path), 'utf8')),
  );
  return [...tests.filter(path => !SLOW.test(path)), ...tests.filter(path => SLOW.test(path))];
}

export function sourceOf(bundle: string): string {
  return bundle.replace(/^test\//, '').replace(/\.mjs$/, '.ts');
}

/** The product as it is, in a mutant's surroundings: what fails there proves nothing. */
export class Product {
  readonly #build = new MutantBuild({ name: 'none', fault: '', edits: [] }, { compile: '', strip: '' });
  readonly #failing = new Map<string, Promise<ReadonlySet<string>>>();
  readonly tests = testsBesidePlayer();

  constructor() {
    linkTests(this.#build);
  }

  /** Throws if tables or stories do not hold. */
  async assertPlays(): Promise<void> {
    for (const what of ['tables', 'stories'] as const) {
      const noticed = await played(this.#build, what, HOOK_NAMES);
      if (noticed !== undefined) throw new Error(`the product as it is fails already: ${noticed.title}`);
    }
  }

  /** Titles of a test file. */
  async failing(test: string): Promise<ReadonlySet<string>> {
    const found =
      this.#failing.get(test) ??
      runTestBundle(join(this.#build.folder, test), { toTheEnd: true }).then(({ failed }) => new Set(failed));
    this.#failing.set(test, found);
    return found;
  }
}

/** `last`: who noticed it last time. */
export async function ask(
  mutant: Mutant,
  tools: Toolchain,
  product: Product,
  last: string | undefined,
): Promise<Noticed | undefined> {
  const build = new MutantBuild(mutant, tools);
  if (build.hooks.length === 0) throw new Error(`mutant ${mutant.name}: no program includes what it changes`);
  linkTests(build);
  const tables = build.hooks.map(hook => tablesOf(build, hook));
  const stories = {
    name: 'stories',
    notices: async () => played(build, 'stories', await build.compileAll()),
  };
  const isLasting = mutant.edits.every(({ file }) => LASTING.test(file));
  const all = [
    ...(isLasting ? [stories, ...tables] : [...tables, stories]),
    ...product.tests.map(test => testFile(build, test, product)),
  ];
  const isLast = ({ name }: Asked): boolean => name === last;
  try {
    for (const { notices } of [...all.filter(isLast), ...all.filter(asked => !isLast(asked))]) {
      const noticed = await notices();
      if (noticed !== undefined) return noticed;
    }
    return undefined;
  } finally {
    build.remove();
  }
}

/** As its source names them; one that names none drives them by what it imports, so it may be any. */
function hooksIn(test: string): readonly HookName[] {
  const source = readFileSync(sourceOf(test), 'utf8');
  const named = HOOK_NAMES.filter(hook => source.includes(`'${hook}'`));
  return named.length > 0 ? named : HOOK_NAMES;
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

/** Fails twice, and otherwise than on the product: a busy machine's failure is no notice, nor is a known one. */
function testFile(build: MutantBuild, test: string, product: Product): Asked {
  const hooks = hooksIn(test);
  const bundle = join(build.folder, test);
  const notices = async (): Promise<Noticed | undefined> => {
    const differing = await build.compileAll();
    if (!hooks.some(hook => differing.includes(hook))) return undefined;
    if ((await runTestBundle(bundle)).failed.length === 0) return undefined;
    const [title] = (await runTestBundle(bundle, { ignored: await product.failing(test) })).failed;
    return title === undefined ? undefined : { by: test, title };
  };
  return { name: test, notices };
}
