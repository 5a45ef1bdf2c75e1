import t from 'tap';
import { withRows } from '../../../scripts/kernels/markdown-table.ts';

const PAGE = [
  '# Page',
  '| not | this |',
  '|---|---|',
  '## Kernels',
  '',
  '| Linux | result |',
  '|---|---|',
  '| 6.12 | old |',
  '| 7.3 | kept |',
  '',
  '## Compilers',
  '',
  '| compiler | result |',
  '|---|---|',
  '',
];

t.test('rows take their places by number; others stay, and so does the page', t => {
  const page = withRows(PAGE.join('\n'), 'Kernels', [
    ['6.12', 'new'],
    ['6.1', 'added'],
  ]);
  const rows = ['| 6.1 | added |', '| 6.12 | new |', '| 7.3 | kept |'];
  t.strictSame(page.split('\n'), [...PAGE.slice(0, 7), ...rows, ...PAGE.slice(9)]);
  t.end();
});

t.test('a table without rows, and one that is not there', t => {
  t.match(
    withRows(PAGE.join('\n'), 'Compilers', [['clang-19', 'ok']]),
    /\|---\|---\|\n\| clang-19 \| ok \|\n$/,
  );
  t.throws(() => withRows(PAGE.join('\n'), 'Clouds', []), { message: /no table below '## Clouds'/ });
  t.end();
});
