// What may stand at the end of a command line that is being typed.
import type { Argument, Command, Option } from 'commander';
import { shownCommands } from './command-table.ts';
import { nameSource, type NameSource } from './name-sources.ts';
import { optionNamed, readLine, type TypedLine } from './typed-line.ts';

export interface Candidate {
  readonly text: string;
  readonly description?: string;
}

/** `files`: the shell's own completion of paths. */
export type Completion = readonly Candidate[] | 'files';

/** `words`: without `heddlectl`; the last one is being typed, and may be empty. */
export async function completionOf(program: Command, words: readonly string[]): Promise<Completion> {
  const typed = readLine(program, words.slice(0, -1));
  const last = words.at(-1) ?? '';
  const [flag, ...rest] = last.split('=');
  if (typed.pending !== undefined) return matching(await valuesOf(typed.pending, typed), last);
  if (last.startsWith('--') && rest.length > 0) {
    const option = optionNamed(typed.command, flag ?? '');
    const found = option === undefined ? [] : await valuesOf(option, typed);
    if (found === 'files') return found;
    return matching(
      found.map(one => ({ ...one, text: `${flag ?? ''}=${one.text}` })),
      last,
    );
  }
  if (last.startsWith('-') && !typed.isAfterDashes) return matching(optionsOf(typed.command), last);
  const commands = shownCommands(typed.command);
  if (commands.length > 0 && typed.positional.length === 0)
    return matching(
      commands.map(child => ({ text: child.name(), description: child.description() })),
      last,
    );
  const argument = argumentAt(typed);
  return argument === undefined ? [] : matching(await valuesOf(argument, typed), last);
}

function matching(found: Completion, prefix: string): Completion {
  return found === 'files' ? found : found.filter(({ text }) => text.startsWith(prefix));
}

/** Also those that help does not repeat at each command. */
function optionsOf(command: Command): Candidate[] {
  const shown = [...command.options, ...command.createHelp().visibleOptions(command)];
  const named = new Map(
    shown.map(({ long, short, description }) => [long ?? short ?? '', description] as const),
  );
  return [...named].map(([text, description]) => ({ text, description }));
}

/** A variadic one takes all that are left. */
function argumentAt({ command, positional }: TypedLine): Argument | undefined {
  const declared = command.registeredArguments;
  const last = declared.at(-1);
  return declared[positional.length] ?? (last?.variadic === true ? last : undefined);
}

async function valuesOf(declared: Option | Argument, typed: TypedLine): Promise<Completion> {
  if (declared.argChoices !== undefined) return declared.argChoices.map(text => ({ text }));
  const source: NameSource | undefined = nameSource(declared, typed);
  if (source === undefined || source === 'files') return source ?? [];
  const names = await source().catch(() => []);
  return [...new Set(names)].sort().map(text => ({ text }));
}
