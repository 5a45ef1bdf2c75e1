// Tables align by the cells of a terminal, not by UTF-16 units.
import t from 'tap';
import { broken, cellsOf, padEnd, padStart } from '../../../cmd/heddlectl/output/cells.ts';
import { coloursIf } from '../../../cmd/heddlectl/output/colour.ts';
import { renderTable } from '../../../cmd/heddlectl/output/table.ts';
import { fold, wrap } from '../../../cmd/heddlectl/output/wrap.ts';

/** As terminals show them. */
const CELLS: Readonly<Record<string, number>> = {
  web: 3,
  日本: 4,
  ｱｲ: 2,
  한글: 4,
  '\u1112\u1161\u11ab': 2,
  'e\u0301': 1,
  'a\u0300\u0301\u0302': 1,
  ä: 1,
  '🕸': 1,
  '🚀': 2,
  '👩‍👩‍👧': 2,
  '🇩🇪': 2,
  '✔️': 2,
  '→': 1,
  '…': 1,
};

t.test('cells of characters', t => {
  for (const [text, cells] of Object.entries(CELLS)) t.equal(cellsOf(text), cells, text);
  t.equal(cellsOf(coloursIf(true).red('日本')), 4, 'a colour has none');
  t.equal(padEnd('日本', 6), '日本  ');
  t.equal(padStart('日本', 6), '  日本');
  t.equal(padEnd('日本', 3), '日本', 'longer than the column');
  t.end();
});

t.test('columns align with every kind of text', t => {
  const rows = Object.keys(CELLS).map(name => ({ name }));
  const columns = [
    {
      title: 'NAME',
      text: (row: { name: string }) => row.name,
      tint: (_: object, text: string) => coloursIf(true).red(text),
    },
    { title: 'SIZE', text: () => '1', align: 'right' as const },
    { title: 'NOTE', text: () => '|' },
  ];
  const lines = renderTable(rows, columns).split('\n').slice(1);
  for (const line of lines) t.equal(cellsOf(line), 'NAME  SIZE  |'.length, line);
  t.end();
});

t.test('a word is broken between characters, never within one', t => {
  t.strictSame(broken('日本語', 4), ['日本', '語']);
  t.strictSame(broken('日本語', 3), ['日', '本', '語'], 'a cell stays empty');
  t.strictSame(broken('e\u0301e\u0301x', 2), ['e\u0301e\u0301', 'x']);
  t.strictSame(broken('👩‍👩‍👧🚀', 2), ['👩‍👩‍👧', '🚀']);
  t.strictSame(broken('👩‍👩‍👧', 1), ['👩‍👩‍👧'], 'at least one in each');
  t.strictSame(wrap('日本 日本語日本語 x', 8), ['日本', '日本語日', '本語 x']);
  t.strictSame(
    fold('  日本語 日本語 日本語', 12).split('\n'),
    ['  日本語', '    日本語', '    日本語'],
    'sentences keep their words',
  );
  t.equal(fold('# one two', 7), '# one\n#   two', 'a comment of YAML stays one');
  t.end();
});

t.test('long values stay within the line, without blanks, too', t => {
  const rows = [
    { name: 'x'.repeat(63), label: 'app=' + '網'.repeat(40), at: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff' },
    { name: 'web', label: '', at: '10.0.0.1' },
  ];
  const columns = [
    { title: 'NAME', text: (row: (typeof rows)[0]) => row.name },
    { title: 'LABEL', text: (row: (typeof rows)[0]) => row.label },
    { title: 'AT', text: (row: (typeof rows)[0]) => row.at },
  ];
  for (const width of [100, 80, 60]) {
    const lines = renderTable(rows, columns, width).split('\n');
    t.strictSame(
      lines.filter(line => cellsOf(line) > width),
      [],
      String(width),
    );
    const cells = (column: 'name' | 'label' | 'at') => rows[0]?.[column].length ?? 0;
    t.equal(lines.join('').replaceAll(/[^x]/g, '').length, cells('name'), 'nothing is lost');
    t.equal(lines.join('').replaceAll(/[^網]/g, '').length, cells('label') - 4, 'nothing is lost');
  }
  t.end();
});
