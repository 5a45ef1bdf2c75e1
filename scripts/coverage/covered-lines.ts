// Lines of our sources that processes have run, from what V8 wrote of the bundles that they ran.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inlineSourceMap, mappingsOf } from './source-map.ts';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** As in the files of NODE_V8_COVERAGE. */
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

/** Numbers of lines, from 0, by path from the root. */
export type LinesOf = ReadonlyMap<string, ReadonlySet<number>>;

/** Reads all that processes with `NODE_V8_COVERAGE=folder` have left there, of bundles below one of those folders. */
export function coveredLines(folder: string, bundles: readonly string[]): LinesOf {
  const lines = new Map<string, Set<number>>();
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    for (const script of scriptsIn(readFileSync(join(folder, name), 'utf8'))) {
      const path = script.url.startsWith('file://') ? relative('.', fileURLToPath(script.url)) : '';
      if (bundles.some(below => path.startsWith(below)) && existsSync(path)) addCovered(lines, path, script);
    }
  }
  return lines;
}

/** None of a file that is cut off: its process was killed while it wrote, which tests do to theirs. */
function scriptsIn(text: string): readonly ScriptCoverage[] {
  try {
    return (JSON.parse(text) as { result: ScriptCoverage[] }).result;
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function addCovered(lines: Map<string, Set<number>>, bundle: string, script: ScriptCoverage): void {
  const text = readFileSync(bundle, 'utf8');
  const map = inlineSourceMap(text);
  if (map === undefined) return;
  const hasRun = runOffsets(text.length, script);
  const starts = lineStarts(text);
  const sources = map.sources.map(source => relative('.', join(dirname(bundle), source)));
  for (const { line, column, source, sourceLine } of mappingsOf(map)) {
    if (hasRun[(starts[line] ?? 0) + column] !== 1) continue;
    const path = sources[source] ?? '';
    const known = lines.get(path);
    if (known === undefined) lines.set(path, new Set([sourceLine]));
    else known.add(sourceLine);
  }
}

/** Inner functions and blocks come after those around them, and have the last word. */
function runOffsets(length: number, { functions }: ScriptCoverage): Uint8Array {
  const hasRun = new Uint8Array(length);
  for (const { ranges } of functions)
    for (const { startOffset, endOffset, count } of ranges)
      hasRun.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return hasRun;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
