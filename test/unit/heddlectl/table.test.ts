// Tables align their columns, whatever is in them.
import t from 'tap';
import { renderTable } from '../../../cmd/heddlectl/output/table.ts';

interface Row {
  readonly name: string;
  readonly packets: number;
}

const columns = [
  { title: 'NAME', text: (row: Row) => row.name },
  { title: 'PACKETS', text: (row: Row) => String(row.packets), align: 'right' as const },
  { title: 'NOTE', text: (row: Row) => (row.packets > 99 ? 'many' : '') },
];

t.test('columns are as wide as their widest cell, numbers stand right, and no line ends in blanks', t => {
  const rows = [
    { name: 'a', packets: 7 },
    { name: 'longer', packets: 12345678 },
  ];
  const lines = ['NAME     PACKETS  NOTE', 'a              7', 'longer  12345678  many'];
  t.strictSame(renderTable(rows, columns).split('\n'), lines);
  t.end();
});

t.test('no rows are no table', t => {
  t.equal(renderTable([], columns), '');
  t.end();
});

t.test('a tint sees the padded cell and does not count for its width', t => {
  const tinted = [
    { title: 'NAME', text: (row: Row) => row.name, tint: (_: Row, text: string) => `<${text}>` },
  ];
  const text = renderTable([{ name: 'a', packets: 1 }], [...tinted, ...columns.slice(1, 2)]);
  t.equal(text.split('\n')[1], '<a   >        1');
  t.end();
});

t.test('a table that is too wide breaks its widest cells between words, and no word', t => {
  const rows = [
    { name: 'one two three four', packets: 7 },
    { name: 'a', packets: 100 },
  ];
  t.strictSame(renderTable(rows, columns, 26).split('\n'), [
    'NAME         PACKETS  NOTE',
    'one two            7',
    'three four',
    'a                100  many',
  ]);
  t.equal(
    renderTable(rows, columns, 5).split('\n').at(-1),
    'a          100  many',
    'as narrow as words allow',
  );
  t.end();
});
