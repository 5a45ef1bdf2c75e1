// Coverage of the unit tests: switched on before they run, reported and held to test/coverage.json afterwards.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { coveredLines } from './covered-lines.ts';
import { coverageOf, compareCoverage, TOTAL, type Coverage } from './floor.ts';
import { bundleOf, TEST_SUITES } from '../test-suites.ts';
import { sourceLines } from './source-lines.ts';

const RAW = 'build/coverage';
const BUNDLES = TEST_SUITES.unit.map(folder => bundleOf(`${folder}/`));
const FLOOR = 'test/coverage.json';

export interface CoverageReport {
  readonly lines: readonly string[];
  readonly failures: readonly string[];
}

/** Forgets earlier runs; the environment that test processes need so that V8 writes down what they run. */
export function startUnitCoverage(): Readonly<Record<string, string>> {
  rmSync(RAW, { recursive: true, force: true });
  return { NODE_V8_COVERAGE: resolve(RAW) };
}

/** Of a run of all unit tests; a run of a few says nothing. */
export function reportUnitCoverage(): CoverageReport {
  const coverage = measured();
  const { lower, higher } = compareCoverage(coverage, JSON.parse(readFileSync(FLOOR, 'utf8')) as Coverage);
  const raise = `(coverage rose in ${higher.length} ${higher.length === 1 ? 'folder' : 'folders'}; 'make coverage' records it)`;
  return {
    lines: [`unit tests run ${coverage[TOTAL] ?? 0} % of all lines`, ...(higher.length > 0 ? [raise] : [])],
    failures: lower,
  };
}

/** What the last run of all unit tests came to becomes the floor; the table, a line a folder. */
export function writeFloor(): string[] {
  const coverage = measured();
  writeFileSync(FLOOR, `${JSON.stringify(coverage, undefined, 2)}\n`);
  return Object.entries(coverage).map(([folder, share]) => `${share.toFixed(1).padStart(6)} %  ${folder}`);
}

function measured(): Coverage {
  return coverageOf(sourceLines(), coveredLines(RAW, BUNDLES));
}
