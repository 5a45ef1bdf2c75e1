// Text of others on a terminal: nothing of it moves the cursor, turns the order of what follows or hides, and a cell is one line.
import t from 'tap';
import { oneLine, printable, printableJson } from '../../../loader/config/printable.ts';
import { coloursIf, forTerminal, withoutColours } from '../../../cmd/heddlectl/output/colour.ts';
import { renderTable } from '../../../cmd/heddlectl/output/table.ts';

t.test('control characters are shown, and do nothing', t => {
  t.equal(printable('a\x1b[2J\x1b]0;owned\x07b\r\0'), 'a\\x1b[2J\\x1b]0;owned\\x07b\\x0d\\x00');
  t.equal(printable('\x9b31m'), '\\x9b31m', 'of one byte, too');
  t.equal(printable('\x1b[8mhidden\x1b[0m'), '\\x1b[8mhidden\\x1b[0m', 'colours are control characters');
  t.equal(printable('line\n\tä 日本 👩‍👩‍👧'), 'line\n\tä 日本 👩‍👩‍👧', 'what shows something stays');
  t.equal(oneLine('a\nready\tb'), 'a\\x0aready\\x09b');
  t.end();
});

t.test('what turns the direction, separates lines or shows nothing is shown, too', t => {
  const unseen: Readonly<Record<string, string>> = {
    'web\u202egpj': 'web\\u202egpj',
    '\u2066a\u2069': '\\u2066a\\u2069',
    'a\u2028ready': 'a\\u2028ready',
    'we\u200bb': 'we\\u200bb',
    '\ufeffweb': '\\ufeffweb',
    'a\u{e0041}': 'a\\u{e0041}',
    'half \ud83d': 'half \\ud83d',
  };
  for (const [text, shown] of Object.entries(unseen)) t.equal(printable(text), shown);
  t.end();
});

t.test('JSON keeps its meaning', t => {
  const value = { name: '\x1b[2J\x7f\x9b\u202e\u{e0041}日本' };
  const text = printableJson(JSON.stringify(value));
  t.strictSame(JSON.parse(text), value);
  t.equal(printable(text), text);
  t.end();
});

t.test('colours of heddlectl arrive, those of others do not', t => {
  const { red, bold } = coloursIf(true);
  t.equal(forTerminal(`${red('\x1b[8mweb')} ${bold('b')}`), '\x1b[31m\\x1b[8mweb\x1b[39m \x1b[1mb\x1b[22m');
  t.equal(withoutColours(red('web')), 'web');
  t.equal(coloursIf(false).red('web'), 'web');
  t.end();
});

t.test('a name with a line break makes no row of its own', t => {
  const table = renderTable(
    [{ name: 'web\nfake  accepted' }],
    [
      { title: 'NAME', text: row => row.name },
      { title: 'STATUS', text: () => 'ok' },
    ],
  );
  t.equal(table, 'NAME                   STATUS\nweb\\x0afake  accepted  ok');
  t.end();
});
