// Identifiers that were renamed stay gone: test/unit/docs/retired-names.txt lists them, prose is free to use the words.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { TREE } from './pages.ts';

const LIST = 'test/unit/docs/retired-names.txt';
const READ = /^(loader|cmd|lab|packages|bpf|proto|test|docs)\/.*\.(ts|mts|mjs|js|c|h|mk|proto|md|json|yaml)$/;
/** Decisions keep the words of their time; a test of former names needs them. */
const EXEMPT = [/^docs\/decisions\//, /^test\/unit\/config\/former-names\.test\.ts$/, /\/node_modules\//];
/** docs/migration.md: the first column of its tables of renames. */
const FORMER_COLUMN = /^\|[^|]*\|/gm;
/** `formerly: ['…']` of a table in code, and what docs/configuration.md generates from it: read for one release. */
const FORMERLY = /formerly(: \[[^\]]*\]| `[^`]*`)/g;

/** Names of one file that are in `retired`, with their lines. */
function retiredIn(path: string, text: string, retired: ReadonlySet<string>): string[] {
  return text.split('\n').flatMap((line, i) => {
    const names = line.match(/[A-Za-z_$][A-Za-z0-9_$]*/g) ?? [];
    return [...new Set(names)].filter(name => retired.has(name)).map(name => `${path}:${i + 1}: ${name}`);
  });
}

function readable(path: string): string {
  const text = readFileSync(path, 'utf8').replace(FORMERLY, '');
  return path === 'docs/migration.md' ? text.replace(FORMER_COLUMN, '|') : text;
}

const lines = readFileSync(LIST, 'utf8').trimEnd().split('\n');

t.test('the list is sorted, one identifier a line, each once', t => {
  t.strictSame(lines, [...new Set(lines)].sort());
  t.strictSame(
    lines.filter(line => !/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(line)),
    [],
  );
  t.end();
});

t.test('no file uses a retired identifier', t => {
  const retired = new Set(lines);
  const paths = TREE.filter(path => READ.test(path) && !EXEMPT.some(pattern => pattern.test(path)));
  t.ok(paths.length > 500, `${paths.length} files are read`);
  t.strictSame(
    paths.flatMap(path => retiredIn(path, readable(path), retired)),
    [],
  );
  t.end();
});

t.test('an identifier is found in code and text, its parts in a longer one are not', t => {
  const retired = new Set(['restHours']);
  t.strictSame(retiredIn('a.ts', 'x\nipam.restHours = interestHours;\n`restHours`', retired), [
    'a.ts:2: restHours',
    'a.ts:3: restHours',
  ]);
  t.end();
});
