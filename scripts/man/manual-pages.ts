// The manual pages of heddlectl (man(7), section 8): one for it, one for each object with its commands.
import type { Argument, Command, Option } from 'commander';
import { commandTable, type CommandEntry } from '../../cmd/heddlectl/completion/command-table.ts';
import { VERSION } from '../../loader/version.ts';

export interface ManualPage {
  readonly name: string;
  readonly text: string;
}

const SECTION = 8;
const EXIT_STATUS = [
  ['0', 'It is done, or the answer is yes.'],
  ['1', 'It failed, or the answer is no.'],
  ['2', 'The command line, or a file that it names, is wrong.'],
] as const;

/** `date`: as it stands in the foot of each page. */
export function manualPages(program: Command, date: string): ManualPage[] {
  const table = commandTable(program);
  const [top] = table;
  if (top === undefined) return [];
  const pages = top.commands.map(name => {
    const entries = table.filter(({ path }) => path[0] === name);
    return page(`heddlectl-${name}`, date, entries, [['heddlectl', SECTION]]);
  });
  const others = top.commands.map(name => [`heddlectl-${name}`, SECTION] as const);
  return [page('heddlectl', date, [top], others), ...pages];
}

function page(
  name: string,
  date: string,
  entries: readonly CommandEntry[],
  seeAlso: readonly (readonly [string, number])[],
): ManualPage {
  const [first] = entries;
  const leaves = entries.filter(({ commands, path }) => commands.length === 0 || path.length === 0);
  const lines = [
    `.TH ${name.toUpperCase()} ${SECTION} ${date} "Heddle ${VERSION}" "Heddle"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(first?.description ?? '')}`,
    '.SH SYNOPSIS',
    ...leaves.flatMap(synopsis),
    ...(leaves.length > 1 || (first?.path.length ?? 0) > 0
      ? ['.SH COMMANDS', ...leaves.flatMap(described)]
      : []),
    ...(first?.path.length === 0 ? ['.SH OPTIONS', ...first.options.flatMap(optionLines)] : []),
    '.SH EXIT STATUS',
    ...EXIT_STATUS.flatMap(([status, text]) => ['.TP', `.B ${status}`, escaped(text)]),
    '.SH SEE ALSO',
    seeAlso.map(([page, section]) => `.BR ${escaped(page)} (${section})`).join(',\n'),
  ];
  return { name: `${name}.${SECTION}`, text: `${lines.join('\n')}\n` };
}

function synopsis({ path, arguments: parts }: CommandEntry): string[] {
  const words =
    path.length === 0
      ? '[\\fIOPTIONS\\fR] \\fIOBJECT\\fR [\\fICOMMAND\\fR]'
      : parts.map(argumentText).join(' ');
  return ['.PP', `\\fB${escaped(['heddlectl', ...path].join(' '))}\\fR ${words}`.trimEnd()];
}

function argumentText(argument: Argument): string {
  const name = `\\fI${escaped(argument.name())}\\fR${argument.variadic ? '...' : ''}`;
  return argument.required ? name : `[${name}]`;
}

function described({ path, description, aliases, arguments: parts, options }: CommandEntry): string[] {
  const also = aliases.length === 0 ? '' : ` Also \\fB${escaped(aliases.join(', '))}\\fR.`;
  const explained = parts.filter(argument => argument.description !== '');
  return [
    '.SS ' + escaped(['heddlectl', ...path].join(' ')),
    `${sentence(description)}${also}`,
    ...explained.flatMap(one => [
      '.TP',
      argumentText(one),
      sentence(one.description) + choicesText(one.argChoices),
    ]),
    ...options.flatMap(optionLines),
  ];
}

function optionLines(option: Option): string[] {
  const preset = typeof option.defaultValue === 'string' || typeof option.defaultValue === 'number';
  return [
    '.TP',
    `\\fB${escaped(option.flags)}\\fR`,
    sentence(option.description) +
      choicesText(option.argChoices) +
      (preset ? ` Default: ${escaped(String(option.defaultValue))}.` : ''),
  ];
}

function choicesText(choices: readonly string[] | undefined): string {
  return choices === undefined ? '' : ` One of ${escaped(choices.join(', '))}.`;
}

function sentence(text: string): string {
  const [first = '', ...rest] = text;
  return escaped(`${first.toUpperCase()}${rest.join('')}.`);
}

/** roff reads a backslash, a leading dot or quote, and takes a plain - for a hyphen. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&');
}
