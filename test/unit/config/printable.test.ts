// Text of others on a terminal: nothing of it moves the cursor, and a cell is one line.
import t from 'tap';
import { oneLine, printable } from '../../../loader/config/printable.ts';
import { renderTable } from '../../../cmd/heddlectl/output/table.ts';

t.test('control characters are shown, and do nothing', t => {
  t.equal(printable('a\x1b[2J\x1b]0;owned\x07b\r\0'), 'a\\x1b[2J\\x1b]0;owned\\x07b\\x0d\\x00');
  t.equal(printable('\x9b31m'), '\\x9b31m', 'of one byte, too');
  t.equal(
    printable('line\n\tä 日本 \x1b[31mred\x1b[39m'),
    'line\n\tä 日本 \x1b[31mred\x1b[39m',
    'our own colours stay',
  );
  t.equal(oneLine('a\nready\tb'), 'a\\x0aready\\x09b');
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
