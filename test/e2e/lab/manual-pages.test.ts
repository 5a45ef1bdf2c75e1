// The manual pages: one for each object, of the table of commands, and none that man complains of.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { commandTable } from '../../../cmd/heddlectl/completion/command-table.ts';
import { buildProgram } from '../../../cmd/heddlectl/program.ts';
import { manualPages } from '../../../scripts/man/manual-pages.ts';

const program = await buildProgram();
const pages = manualPages(program, '2026-11-29');

function rendered(t: { testdir(files: Record<string, string>): string }): ReadonlyMap<string, string> {
  const folder = t.testdir(Object.fromEntries(pages.map(({ name, text }) => [name, text])));
  return new Map(
    pages.map(({ name }) => {
      const env = { ...process.env, MANWIDTH: '100', LC_ALL: 'C.UTF-8', MANPAGER: 'cat' };
      const shown = spawnSync('man', ['--warnings', '-l', join(folder, name)], { env, encoding: 'utf8' });
      if (shown.status !== 0 || shown.stderr !== '') throw new Error(`${name}: ${shown.stderr}`);
      return [name, shown.stdout];
    }),
  );
}

t.test('every command has its line and its flags in the page of its object', t => {
  const texts = rendered(t);
  for (const { path, commands, options } of commandTable(program)) {
    const text = texts.get(path.length === 0 ? 'heddlectl.8' : `heddlectl-${path[0]}.8`) ?? '';
    if (commands.length === 0) t.match(text, `heddlectl ${path.join(' ')}`);
    if (commands.length === 0 || path.length === 0)
      for (const { flags } of options) t.ok(text.includes(flags), `${path.join(' ')} ${flags}`);
  }
  t.end();
});

t.test('a page has one line of its name, and what roff would read as its own is escaped', t => {
  for (const { name, text } of pages) {
    t.equal(text.split('\n').filter(line => line.startsWith('.SH NAME')).length, 1, name);
    t.notMatch(text, /^['](?!\\&)/m, name);
  }
  t.end();
});
