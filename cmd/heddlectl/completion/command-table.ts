// The one table of commands, read off the grammar: completion, manual pages and the test of every command's output follow from it.
import type { Argument, Command, Option } from 'commander';

export interface CommandEntry {
  /** Without `heddlectl`; empty: heddlectl itself. */
  readonly path: readonly string[];
  readonly command: Command;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly arguments: readonly Argument[];
  /** Its own, as help shows them. */
  readonly options: readonly Option[];
  /** Names of the commands below it; none: it does something itself. */
  readonly commands: readonly string[];
}

/** heddlectl itself first, then every command that is not hidden, in the order of help. */
export function commandTable(program: Command): CommandEntry[] {
  return entriesBelow(program, []);
}

function entriesBelow(command: Command, path: readonly string[]): CommandEntry[] {
  const shown = shownCommands(command);
  const entry = {
    ...{ path, command, description: command.description(), aliases: command.aliases() },
    arguments: command.registeredArguments,
    options: command.options.filter(option => !option.hidden),
    commands: shown.map(child => child.name()),
  };
  return [entry, ...shown.flatMap(child => entriesBelow(child, [...path, child.name()]))];
}

/** Without those that only scripts call, and without `help`, which commander adds. */
export function shownCommands(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter(child => child.name() !== 'help');
}
