// Bundles the test files of the suites named as arguments (all without) into build/test, each under its own path, so
// that tap runs plain JavaScript.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOf, TEST_SUITES, testFiles, type TestSuite } from './test-suites.ts';

const suites = Object.keys(TEST_SUITES) as TestSuite[];
const named = suites.filter(suite => process.argv.length === 2 || process.argv.includes(suite));
const files = testFiles(named);
removeStaleBundles(new Set(testFiles(suites).map(bundleOf)));
await build({
  entryPoints: files,
  outdir: 'build/test',
  outbase: '.',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  alias: {
    'libbpf-ts': './packages/libbpf-ts/src/index.ts',
    rtnetlink: './packages/rtnetlink/src/index.ts',
  },
  sourcemap: 'inline',
  sourcesContent: false,
  logLevel: 'warning',
});

/** A test that was renamed or removed must not go on running from its old bundle. */
function removeStaleBundles(wanted: ReadonlySet<string>): void {
  for (const folder of ['build/test/test', 'build/test/packages']) {
    for (const name of filesBelow(folder)) {
      if (name.endsWith('.test.mjs') && !wanted.has(name)) rmSync(name);
    }
  }
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name));
  } catch {
    return []; // the first build: nothing there yet
  }
}
