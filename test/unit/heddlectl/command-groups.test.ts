// Of the commands, only the group that a command line names is loaded.
import { Command } from 'commander';
import t from 'tap';
import { COMMAND_GROUPS } from '../../../cmd/heddlectl/commands.ts';
import { buildProgram } from '../../../cmd/heddlectl/program.ts';
import { COMPLETE_COMMAND } from '../../../cmd/heddlectl/completion/shell-scripts.ts';

const ALL = COMMAND_GROUPS.flatMap(({ words }) => words);

async function builtFor(...words: string[]): Promise<readonly string[]> {
  return (await buildProgram(words)).commands.map(command => command.name());
}

t.test('a group adds the commands of its words, and no others', async t => {
  for (const { words, load } of COMMAND_GROUPS) {
    const program = new Command().enablePositionalOptions();
    (await load())(program);
    const added = program.commands.flatMap(command => [command.name(), ...command.aliases()]);
    t.strictSame(
      added.filter(name => name !== COMPLETE_COMMAND),
      words,
    );
  }
});

t.test('the first word that is no option, nor the value of one, names the group', async t => {
  t.strictSame(await builtFor('route', 'list'), ['route']);
  t.strictSame(await builtFor('confirm'), ['apply', 'confirm', 'rollback']);
  t.strictSame(await builtFor('-j', '--config', 'status', 'doctor'), ['doctor']);
  t.strictSame(await builtFor('--config=status', '-o', 'yaml', 'doctor', '--node', 'map'), ['doctor']);
});

t.test('without a known word all are loaded, for help, completion and the hint after a mistake', async t => {
  for (const words of [
    [],
    ['help', 'route'],
    ['--help'],
    ['rout'],
    [COMPLETE_COMMAND, '--', 'route', ''],
    ['-o'],
  ])
    t.strictSame(
      (await builtFor(...words)).filter(name => name !== COMPLETE_COMMAND),
      ALL,
      words.join(' '),
    );
});
