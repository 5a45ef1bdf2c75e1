// Golden files of what commands print: values that vary are put down by name, and a difference is shown as one of lines.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ExecOutcome } from '../../lab/exec.ts';

/** Columns whose values differ from run to run, by title. */
const VARYING_COLUMNS: ReadonlySet<string> = new Set([
  ...[
    'ID',
    'TAG',
    'VERIFIED',
    'IFINDEX',
    'LINK',
    'PROG',
    'AGE',
    'IDLE',
    'ENTRIES',
    'CAPACITY',
    'PACKETS',
    'BYTES',
  ],
  ...['NODE ID', 'IDENTITY', 'POD ID', 'MAC', 'MAPS', 'EVALUATED'],
]);
const HEADER = /^[A-Z][A-Z /]*(?: {2,}[A-Z][A-Z /]*)*$/;

type Value = readonly [name: string, pattern: RegExp];

const VALUES: readonly Value[] = [
  ['mac', /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g],
  ['pod device', /\bhd[0-9a-f]{11,13}\b/g],
  ['time', /\b\d\d:\d\d:\d\d\.\d{3}\b/g],
  ['directory', /\/tmp\/heddle-golden-\w+/g],
];

/** `more`: values of this run, before the others. */
export function goldenText(
  words: readonly string[],
  outcome: ExecOutcome,
  more: readonly Value[] = [],
): string {
  const { code, stdout, stderr } = outcome;
  const text = [
    `$ heddlectl ${words.join(' ')}`,
    ...withoutColumns(stdout.trimEnd()).filter(line => line !== ''),
    ...stderr
      .trimEnd()
      .split('\n')
      .filter(line => line !== '')
      .map(line => `stderr: ${line}`),
    ...(code === 0 ? [] : [`exit status ${code}`]),
  ].join('\n');
  const named = [...more, ...VALUES].reduce(
    (all, [name, pattern]) => all.replaceAll(pattern, `<${name}>`),
    text,
  );
  return `${named}\n`;
}

/** What differs from the file, as lines; GOLDEN=write in the environment writes it anew. */
export function goldenDifference(path: string, text: string): readonly string[] {
  if (process.env['GOLDEN'] === 'write') writeFileSync(path, text);
  const expected = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (expected === text) return [];
  const [was, is] = [expected.split('\n'), text.split('\n')];
  return [
    ...was.filter(line => !is.includes(line)).map(line => `- ${line}`),
    ...is.filter(line => !was.includes(line)).map(line => `+ ${line}`),
    `${path} differs`,
  ];
}

/** A table with its varying cells named, its columns two blanks apart. */
function withoutColumns(stdout: string): string[] {
  const lines = stdout.split('\n');
  const [header = ''] = lines;
  if (!HEADER.test(header)) return lines;
  const columns = columnsOf(lines);
  const titles = columns.map(([from, to]) => header.slice(from, to).trim());
  return lines.map((line, row) =>
    columns
      .map(([from, to], i) => {
        const cell = line.slice(from, to).trim();
        const title = titles[i] ?? '';
        return row > 0 && cell !== '' && VARYING_COLUMNS.has(title) ? `<${title.toLowerCase()}>` : cell;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Where each column begins and ends: between them every line has two blanks. */
function columnsOf(lines: readonly string[]): (readonly [number, number])[] {
  const width = Math.max(...lines.map(({ length }) => length));
  const isBlank = Array.from({ length: width + 2 }, (_, at) =>
    lines.every(line => (line[at] ?? ' ') === ' '),
  );
  const columns: (readonly [number, number])[] = [];
  let from = 0;
  for (let at = 0; at < width; at++) {
    if (!(isBlank[at] === true && isBlank[at + 1] === true)) continue;
    columns.push([from, at]);
    while (isBlank[at + 1] === true && at < width) at++;
    from = at + 1;
  }
  if (from < width) columns.push([from, width]);
  return columns;
}
