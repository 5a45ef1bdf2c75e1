// What a command line says before its last word: which command, and which values its options have.
import type { Command, Option } from 'commander';

/** What has been typed before the last word. */
export interface TypedLine {
  readonly command: Command;
  /** Of options with a value, by their long name without dashes. */
  readonly values: ReadonlyMap<string, string>;
  readonly positional: readonly string[];
  /** The last word is this option's value. */
  readonly pending?: Option;
  /** What follows belongs to another command, or is positional. */
  readonly isAfterDashes: boolean;
}

export function readLine(program: Command, words: readonly string[]): TypedLine {
  let command = program;
  let pending: Option | undefined;
  let isAfterDashes = false;
  const values = new Map<string, string>();
  const positional: string[] = [];
  for (const word of words) {
    if (pending !== undefined) {
      values.set(nameOf(pending), word);
      pending = undefined;
    } else if (isAfterDashes) positional.push(word);
    else if (word === '--') isAfterDashes = true;
    else if (word.startsWith('-')) {
      const [flag = '', ...value] = word.split('=');
      const option = optionNamed(command, flag);
      if (option !== undefined && value.length > 0) values.set(nameOf(option), value.join('='));
      else if (option !== undefined && takesValue(option)) pending = option;
    } else {
      const child = command.commands.find(one => one.name() === word || one.aliases().includes(word));
      if (child === undefined || positional.length > 0) positional.push(word);
      else command = child;
    }
  }
  return { command, values, positional, isAfterDashes, ...(pending !== undefined && { pending }) };
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function nameOf(option: Option): string {
  return (option.long ?? option.short ?? '').replace(/^-+/, '');
}

export function optionNamed(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => long === flag || short === flag);
}
