// Renamed identifiers stay gone. test/unit/docs/retired-names.txt lists them with the current name where one name replaces
// one: `former` or `former current`, a line each. Prose is free to use the words.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { TREE } from './pages.ts';

const LIST = 'test/unit/docs/retired-names.txt';
const READ = /^(loader|cmd|lab|packages|bpf|proto|test|docs)\/.*\.(ts|mts|mjs|js|c|h|mk|proto|md|json|yaml)$/;
/** Decisions keep the words of their time; former names that are read, and their tests, need them. */
const EXEMPT = [
  /^docs\/decisions\//,
  /^test\/unit\/config\/former-names\.test\.ts$/,
  /^loader\/ipam\/attachment-record\.ts$/,
  /^test\/unit\/ipam\/attachment-store\.test\.ts$/,
  /\/node_modules\//,
];
/** docs/migration.md: the first column of its tables of renames. */
const FORMER_COLUMN = /^\|[^|]*\|/gm;
/** `formerly: ['…']` of a table in code, and what docs/configuration.md generates from it: read for one release. */
const FORMERLY = /formerly(: \[[^\]]*\]| `[^`]*`)/g;

/** Names of one file that are in `retired`, with their lines and the current names. */
function retiredIn(path: string, text: string, retired: ReadonlyMap<string, string>): string[] {
  return text.split('\n').flatMap((line, i) => {
    const names = line.match(/[A-Za-z_$][A-Za-z0-9_$]*/g) ?? [];
    return [...new Set(names)].flatMap(name => {
      const current = retired.get(name);
      if (current === undefined) return [];
      return [`${path}:${i + 1}: ${name}${current === '' ? '' : `, use ${current}`}`];
    });
  });
}

function readable(path: string): string {
  const text = readFileSync(path, 'utf8').replace(FORMERLY, '');
  return path === 'docs/migration.md' ? text.replace(FORMER_COLUMN, '|') : text;
}

const lines = readFileSync(LIST, 'utf8').trimEnd().split('\n');
const RETIRED = new Map(
  lines.map(line => line.split(' ')).map(([former = '', current = '']) => [former, current]),
);

t.test('the list is sorted, each identifier once', t => {
  t.strictSame(lines, [...lines].sort());
  t.equal(RETIRED.size, lines.length);
  t.strictSame(
    lines.filter(line => !/^[A-Za-z_$][\w$]*( [A-Za-z_$][\w$]*)?$/.test(line)),
    [],
  );
  t.end();
});

t.test('no file uses a retired identifier', t => {
  const paths = TREE.filter(path => READ.test(path) && !EXEMPT.some(pattern => pattern.test(path)));
  t.ok(paths.length > 500, `${paths.length} files are read`);
  t.strictSame(
    paths.flatMap(path => retiredIn(path, readable(path), RETIRED)),
    [],
  );
  t.end();
});

t.test('an identifier is found in code and text, its parts in a longer one are not', t => {
  const retired = new Map([['restHours', 'reuseDelayHours']]);
  t.strictSame(retiredIn('a.ts', 'x\nipam.restHours = interestHours;\n`restHours`', retired), [
    'a.ts:2: restHours, use reuseDelayHours',
    'a.ts:3: restHours, use reuseDelayHours',
  ]);
  t.end();
});
