// Bundles the test files of the suites named as arguments (all without) into build/test, each under its own path, so
// that tap runs plain JavaScript.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PACKAGE_ALIASES } from './package-aliases.ts';
import { bundleOf, TEST_SUITES, testFiles, type TestSuite } from './test-suites.ts';

const suites = Object.keys(TEST_SUITES) as TestSuite[];
const named = suites.filter(suite => process.argv.length === 2 || process.argv.includes(suite));
const files = testFiles(named);
removeStaleBundles(new Set(testFiles(suites).map(bundleOf)));
await bundleTap();
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
  alias: PACKAGE_ALIASES,
  sourcemap: 'inline',
  sourcesContent: false,
  logLevel: 'warning',
});

/**
 * One file where the bundles look for the package first: its 400 modules would take every test file longer to load than
 * most take to run. Frames in it are not the test's.
 */
async function bundleTap(): Promise<void> {
  const folder = 'build/test/node_modules/tap';
  const contents = `
    import { addIgnoredPackage } from '@tapjs/stack';
    export { default } from 'tap';
    export * from 'tap';
    addIgnoredPackage('tap');`;
  await build({
    stdin: { contents, resolveDir: '.' },
    outfile: join(folder, 'tap.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    // CommonJS modules inside of an ES module ask for `require`.
    banner: {
      js: 'import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);',
    },
    logLevel: 'warning',
  });
  const manifest = { name: 'tap', type: 'module', exports: './tap.mjs' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}

/** A test that was renamed or removed must not go on running from its old bundle. */
function removeStaleBundles(built: ReadonlySet<string>): void {
  for (const folder of ['build/test/test', 'build/test/packages']) {
    for (const name of filesBelow(folder)) {
      if (name.endsWith('.test.mjs') && !built.has(name)) rmSync(name);
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
