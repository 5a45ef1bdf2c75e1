// Completion: what may stand at the end of a line.
import t from 'tap';
import { completionOf } from '../../../cmd/heddlectl/completion/candidates.ts';
import { commandTable } from '../../../cmd/heddlectl/completion/command-table.ts';
import { buildProgram } from '../../../cmd/heddlectl/program.ts';

async function texts(...words: string[]): Promise<readonly string[] | 'files'> {
  const found = await completionOf(await buildProgram(), words);
  return found === 'files' ? found : found.map(({ text }) => text);
}

t.test(
  'every command of the table is completed from its first letter, and its flags from the dashes',
  async t => {
    const program = await buildProgram();
    for (const { path, options } of commandTable(program)) {
      const last = path.at(-1) ?? '';
      const before = path.slice(0, -1);
      if (last !== '') t.ok((await texts(...before, last.slice(0, 1))).includes(last), path.join(' '));
      const flags = await texts(...path, '--');
      for (const { long } of options) if (long) t.ok(flags.includes(long), `${path.join(' ')} ${long}`);
    }
  },
);

t.test('choices, kinds and paths', async t => {
  t.strictSame(await texts('map', 'dump', 'hd_rule'), ['hd_rule', 'hd_rule_set']);
  t.strictSame(await texts('trace', '--proto', 's'), ['sctp']);
  t.strictSame(await texts('trace', '--proto=s'), ['--proto=sctp']);
  t.strictSame(await texts('policy', 'delete', 'net'), ['networkpolicy']);
  t.strictSame(await texts('-j', 'ver'), ['version'], 'behind an option');
  t.strictSame(await texts('--lab', 'x', 'ver'), ['version'], 'behind an option with a value');
  t.equal(await texts('policy', 'apply', ''), 'files');
  t.equal(await texts('--config', ''), 'files');
  t.strictSame(await texts('version', ''), [], 'nothing follows');
  t.strictSame(await texts('lab', 'exec', 'n1', '--', '-'), [], "another command's");
});
