// Who notices that a mutant's objects are not the product's: whoever noticed it last time, then the tables and stories, by
// the programs that they load, and the test files one by one.
import { join } from 'node:path';
import { HOOK_NAMES, type HookName } from '../../../loader/abi/hook-name.ts';
import type { Mutant } from '../mutant.ts';
import { builtFilesBelow, MutantBuild, type Toolchain } from './build.ts';
import { grouped, GROUPS, type First } from './pieces.ts';
import { Players } from './player.ts';
import { allFailing, failingTitle, hooksOfTest, testFiles, TESTS } from './test-files.ts';

/** What outlives a packet: stories ask for that, tables hardly. */
const LASTING = /\/(conntrack\w*|admission|forwarded|host_path)\.h$/;

const players = new Players();

export interface Noticed {
  /** Title of a row or a story, or a test file. */
  readonly by: string;
  /** What failed of the test file, or what the verifier said. */
  readonly words?: string;
}

/** The product as it is, in a mutant's surroundings: what fails there proves nothing. */
export class Product {
  readonly #build = new MutantBuild({ name: 'none', fault: '', edits: [] }, { compile: '', strip: '' });
  readonly #failing = new Map<string, Promise<ReadonlySet<string>>>();
  readonly tests = testFiles();

  constructor() {
    linkTests(this.#build);
  }

  /** Throws if tables or stories do not hold. */
  async assertPlays(): Promise<void> {
    for (const group of GROUPS.keys()) {
      const { by } = await players.play({ objects: objectsOf(this.#build), names: [group], first: 'rows' });
      if (by !== undefined) throw new Error(`the product as it is fails already: ${by}`);
    }
  }

  /** Titles of a test file. */
  async failing(test: string): Promise<ReadonlySet<string>> {
    const found = this.#failing.get(test) ?? allFailing(test, this.#build.folder);
    this.#failing.set(test, found);
    return found;
  }
}

/** `likely`: who is asked first, rows and stories by their titles. */
export async function ask(
  mutant: Mutant,
  tools: Toolchain,
  product: Product,
  likely: readonly string[],
): Promise<Noticed | undefined> {
  const build = new MutantBuild(mutant, tools);
  if (build.hooks.length === 0) throw new Error(`mutant ${mutant.name}: no program includes what it changes`);
  linkTests(build);
  try {
    return (
      (await askLikely(build, product, likely)) ??
      (await askPlayer(build, mutant)) ??
      (await askTests(build, product))
    );
  } finally {
    build.remove();
  }
}

/** With no more of the mutant's programs than they load: what those are enough for, all of them are. */
async function askLikely(
  build: MutantBuild,
  product: Product,
  likely: readonly string[],
): Promise<Noticed | undefined> {
  for (const [group, titles] of grouped(likely)) {
    const noticed = await piecesNotice(build, GROUPS.get(group) ?? [], titles);
    if (noticed !== undefined) return noticed;
  }
  for (const test of likely.filter(each => product.tests.includes(each))) {
    const noticed = await testNotices(build, test, product, hooksOfTest(test));
    if (noticed !== undefined) return noticed;
  }
  return undefined;
}

async function askPlayer(build: MutantBuild, mutant: Mutant): Promise<Noticed | undefined> {
  const first = mutant.edits.every(({ file }) => LASTING.test(file)) ? 'stories' : 'rows';
  for (const [group, hooks] of GROUPS) {
    const noticed = await piecesNotice(build, hooks, [group], first);
    if (noticed !== undefined) return noticed;
  }
  return undefined;
}

async function askTests(build: MutantBuild, product: Product): Promise<Noticed | undefined> {
  for (const test of product.tests) {
    const noticed = await testNotices(build, test, product, HOOK_NAMES);
    if (noticed !== undefined) return noticed;
  }
  return undefined;
}

async function piecesNotice(
  build: MutantBuild,
  hooks: readonly HookName[],
  names: readonly string[],
  first: First = 'rows',
): Promise<Noticed | undefined> {
  if ((await build.compile(hooks)).length === 0) return undefined;
  const { by, verifier } = await players.play({ objects: objectsOf(build), names, first });
  if (by === undefined) return undefined;
  return verifier === undefined ? { by } : { by, words: `the verifier: ${verifier}` };
}

async function testNotices(
  build: MutantBuild,
  test: string,
  product: Product,
  compiled: readonly HookName[],
): Promise<Noticed | undefined> {
  const differing = await build.compile(compiled);
  if (!hooksOfTest(test).some(hook => differing.includes(hook))) return undefined;
  const words = await failingTitle(test, build.folder, () => product.failing(test));
  return words === undefined ? undefined : { by: test, words };
}

function objectsOf({ folder }: MutantBuild): string {
  return join(folder, 'bpf');
}

function linkTests(build: MutantBuild): void {
  build.link([...builtFilesBelow('test/bpf', /\.o$/), ...builtFilesBelow(TESTS, /\.mjs$/)]);
}
