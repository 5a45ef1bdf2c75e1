// What commands print: one set of rows in every format, an empty list in words, and text that a terminal may show.
import t, { type Test } from 'tap';
import { parse } from 'yaml';
import { printable } from '../../../loader/config/printable.ts';
import { type Format, isText, printObject, printRows } from '../../../cmd/heddlectl/output/output.ts';
import type { Column } from '../../../cmd/heddlectl/output/table.ts';

interface Row {
  readonly name: string;
  readonly packets: bigint;
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', text: (row: Row) => row.name },
  { title: 'PACKETS', text: (row: Row) => String(row.packets), align: 'right', wide: true },
];

function printed(t: Test, print: () => void): string {
  const captured = t.capture(process.stdout, 'write', () => true);
  print();
  const text = captured()
    .map(({ args }) => String(args[0]))
    .join('');
  captured.restore();
  return text;
}

t.test('rows in every format', t => {
  const rows = [{ name: 'a', packets: 2n ** 60n }];
  const texts: Readonly<Record<Format, string>> = {
    table: 'NAME\na\n',
    wide: 'NAME              PACKETS\na     1152921504606846976\n',
    json: '[{"name":"a","packets":1152921504606846976}]\n',
    pretty: '[\n  {\n    "name": "a",\n    "packets": 1152921504606846976\n  }\n]\n',
    yaml: '---\n- name: a\n  packets: 1152921504606846976\n',
  };
  for (const [format, text] of Object.entries(texts) as [Format, string][])
    t.equal(
      printed(t, () => printRows(format, rows, columns)),
      text,
      format,
    );
  t.end();
});

t.test('an empty list is words for people, and an empty list for programs', t => {
  const print = (format: Format, none?: string) => printed(t, () => printRows(format, [], columns, none));
  t.equal(print('table', 'no pods'), 'no pods\n');
  t.equal(print('wide'), 'nothing to list\n');
  t.equal(print('json', 'no pods'), '[]\n');
  t.equal(print('yaml', 'no pods'), '---\n[]\n');
  t.end();
});

t.test('data keep every character, and the terminal sees none that does something', t => {
  const value = { 'key\u202e': 'a\x1b[2J\x7f\x9bb\u202e\u{e0041}', plain: '日本 👩‍👩‍👧' };
  for (const format of ['json', 'pretty', 'yaml'] as const) {
    const text = printed(t, () => printObject(format, value, () => []));
    t.strictSame(parse(text), value, format);
    t.equal(printable(text), text, format);
    t.match(text, '日本 👩‍👩‍👧', format);
  }
  t.end();
});

t.test('the text of an object is that of its lines, without what would move the cursor', t => {
  const print = (format: Format) =>
    printed(t, () => printObject(format, { a: 1 }, () => ['one', 'two\u001b[2J']));
  t.match(print('table'), /^one\ntwo.*\n$/);
  t.notMatch(print('wide'), '\u001b');
  t.equal(print('json'), '{"a":1}\n');
  t.strictSame((['table', 'wide', 'json', 'pretty', 'yaml'] as const).map(isText), [
    true,
    true,
    false,
    false,
    false,
  ]);
  t.end();
});
