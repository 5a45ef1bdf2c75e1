// Lines of our sources that something could run: a bundle leaves out what its test does not ask for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stop, transformSync } from 'esbuild';
import type { LinesOf } from './covered-lines.ts';
import { mappingsOf, type SourceMap } from './source-map.ts';

const PACKAGES = ['etcd', 'ip', 'libbpf-ts', 'rtnetlink'].map(name => `packages/${name}/src`);
const ROOTS = ['loader', 'cmd', 'lab', ...PACKAGES];

/** Of every source file but generated ones. */
export function sourceLines(): LinesOf {
  const lines = new Map(sourceFiles().map(path => [path, linesOf(path)]));
  void stop(); // its service would outlive us for a moment, and pass for a test's
  return lines;
}

function sourceFiles(): string[] {
  return ROOTS.flatMap(root =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts') && !/\.gen\.ts$|\.d\.ts$/.test(name))
      .map(name => join(root, name)),
  ).sort();
}

function linesOf(path: string): ReadonlySet<number> {
  const options = { loader: 'ts', sourcemap: true, sourcesContent: false, target: 'node20' } as const;
  const text = readFileSync(path, 'utf8');
  const { map } = transformSync(text, options);
  const imports = importLines(text);
  const lines = [...mappingsOf(JSON.parse(map) as SourceMap)].map(({ sourceLine }) => sourceLine);
  return new Set(lines.filter(line => !imports.has(line)));
}

/** Nothing of a bundle comes from them. */
function importLines(text: string): ReadonlySet<number> {
  const lines = new Set<number>();
  for (const { 0: statement, index } of text.matchAll(/^(import|export \{)[^;]* from '[^']*';$/gm)) {
    const first = text.slice(0, index).split('\n').length - 1;
    for (let line = first; line < first + statement.split('\n').length; line++) lines.add(line);
  }
  return lines;
}
