// The grammar: heddlectl [OPTIONS] OBJECT COMMAND.
import { Command } from 'commander';
import { COMMAND_GROUPS, type CommandGroup } from './commands.ts';
import { readLine } from './completion/typed-line.ts';
import { addGlobalFlags } from './invocation/flags.ts';
import { say } from './output/terminal.ts';
import { terminalWidth } from './output/terminal-width.ts';
import { VERSION } from '../../loader/version.ts';

/** Of help in a pipe, columns. */
const HELP_WIDTH = 100;

/** With the one group of commands that these words ask for; with all of them for help, completion and a wrong word. */
export async function buildProgram(words: readonly string[] = []): Promise<Command> {
  const program = new Command('heddlectl')
    .description(
      'Inspects Heddle on this node. It reads the pinned maps itself and works without the daemon.',
    )
    .version(`heddlectl ${VERSION}`, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      outputError: text => say(asSentence(text)),
      getOutHelpWidth: helpWidth,
      getErrHelpWidth: helpWidth,
    });
  addGlobalFlags(program, 'shown');
  const groups = await Promise.all(groupsFor(program, words).map(({ load }) => load()));
  for (const add of groups) add(program);
  for (const command of leavesOf(program)) addGlobalFlags(command, 'hidden');
  return program;
}

function groupsFor(program: Command, words: readonly string[]): readonly CommandGroup[] {
  const [first = ''] = readLine(program, words).positional;
  const wanted = COMMAND_GROUPS.filter(group => group.words.includes(first));
  return wanted.length === 0 ? COMMAND_GROUPS : wanted;
}

function helpWidth(): number {
  const width = terminalWidth();
  return Number.isFinite(width) ? width : HELP_WIDTH;
}

function leavesOf(command: Command): Command[] {
  return command.commands.flatMap(child => (child.commands.length === 0 ? [child] : leavesOf(child)));
}

/** commander's `error: unknown command 'x'\n(Did you mean y?)` as one line with our prefix. */
function asSentence(text: string): string {
  return `heddlectl: ${text
    .replace(/^error: /, '')
    .trimEnd()
    .replaceAll('\n', ' ')}`;
}
