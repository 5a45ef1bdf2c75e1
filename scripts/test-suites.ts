// Where the tests are: the suites that `make test ONLY=…` names.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of each suite, relative to the repository. */
export const TEST_SUITES = {
  unit: ['test/unit', 'packages/etcd/test', 'packages/ip/test'],
  packages: ['test/packages', 'packages/libbpf-ts/test', 'packages/rtnetlink/test'],
  bpf: ['test/bpf'],
  kernels: ['test/kernels'],
  e2e: ['test/e2e'],
} as const satisfies Record<string, readonly string[]>;

/** Beside the suites' names: the files of LONG_TESTS. */
export const LONG = 'long';

export type TestSuite = keyof typeof TEST_SUITES;

/** Every `*.test.ts` of the suites, as paths relative to the repository, sorted within a suite. */
export function testFiles(suites: readonly TestSuite[]): string[] {
  return suites.flatMap(suite => TEST_SUITES[suite].flatMap(folder => testFilesIn(folder)));
}

function testFilesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join(folder, name))
    .sort();
}

/** Whether a test file needs neither root nor namespaces: those of the suite `unit`. */
export function isRootless(testFile: string): boolean {
  return TEST_SUITES.unit.some(folder => testFile.startsWith(`${folder}/`));
}

/** Where the bundle of a test file lies. */
export function bundleOf(testFile: string): string {
  return join('build/test', testFile.replace(/\.ts$/, '.mjs'));
}
