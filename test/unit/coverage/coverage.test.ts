// Coverage of the unit tests: from what V8 has seen of a bundle to lines of its sources, and what may not fall.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import t from 'tap';
import { coveredLines } from '../../../scripts/coverage/covered-lines.ts';
import { coverageOf, compareCoverage } from '../../../scripts/coverage/floor.ts';
import { mappingsOf } from '../../../scripts/coverage/source-map.ts';

const SOURCE = `export function taken(value: number): string {
  if (value > 1) {
    return 'large';
  }
  return 'small';
}

export function never(): string {
  return 'never';
}
`;

t.test('lines that ran are those of the source, not of the bundle', t => {
  mkdirSync('build/scratch', { recursive: true });
  const folder = mkdtempSync('build/scratch/coverage-');
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [source, entry, bundle] = ['source.ts', 'entry.ts', 'entry.mjs'].map(name => join(folder, name));
  if (source === undefined || entry === undefined || bundle === undefined) throw new Error('three names');
  writeFileSync(source, SOURCE);
  writeFileSync(entry, "import { never, taken } from './source.ts';\nif (taken(1) === 'large') never();\n");
  buildSync({
    ...{ entryPoints: [entry], outfile: bundle, bundle: true, format: 'esm' },
    ...{ sourcemap: 'inline', sourcesContent: false },
  });
  const raw = join(folder, 'raw');
  spawnSync(process.execPath, [bundle], { env: { ...process.env, NODE_V8_COVERAGE: raw } });
  for (const whole of readdirSync(raw)) {
    const text = readFileSync(join(raw, whole), 'utf8');
    writeFileSync(join(raw, `cut-off-${whole}`), text.slice(0, text.length / 2)); // of a process killed meanwhile
    writeFileSync(join(raw, `empty-${whole}`), '');
  }
  const lines = coveredLines(raw, [folder]).get(source) ?? new Set<number>();
  const texts = SOURCE.split('\n').filter((_, i) => lines.has(i));
  t.ok(texts.includes("  return 'small';"));
  t.notOk(texts.includes("    return 'large';"), 'a branch that was not taken');
  t.notOk(texts.includes("  return 'never';"), 'a function that was not called');
  t.ok(readFileSync(bundle, 'utf8').includes('never'), 'which the bundle has');
  t.end();
});

t.test('mappings are deltas in base 64', t => {
  t.strictSame(
    [...mappingsOf({ sources: ['a'], mappings: 'AAAA,IAAK;;EAFF,G' })],
    [
      { line: 0, column: 0, source: 0, sourceLine: 0 },
      { line: 0, column: 4, source: 0, sourceLine: 0 },
      { line: 2, column: 2, source: 0, sourceLine: -2 },
    ],
  );
  t.end();
});

t.test('shares are of each folder and of all, and a lower one is a failure', t => {
  const sources = new Map([
    ['a/x.ts', new Set([0, 1, 2, 3])],
    ['b/y.ts', new Set([0, 1])],
  ]);
  const coverage = coverageOf(sources, new Map([['a/x.ts', new Set([0, 1, 2, 9])]]));
  t.strictSame(coverage, { a: 75, all: 50, b: 0 });
  t.strictSame(
    compareCoverage(coverage, { a: 75.4, all: 50, b: 0 }),
    { lower: [], higher: [] },
    'a line or two',
  );
  t.match(compareCoverage(coverage, { a: 80, all: 50 }).lower, ['unit tests run 75 % of a, and ran 80 %']);
  t.strictSame(compareCoverage(coverage, { a: 60, all: 50 }).higher, ['a']);
  t.end();
});
