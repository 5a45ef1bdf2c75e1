// The global options, and the target and format that they select.
import { Option, type Command } from 'commander';
import type { Format } from '../output/output.ts';
import { choiceOption } from './choices.ts';
import { resolveTarget, type Target, type TargetFlags } from './target.ts';

interface GlobalFlags extends TargetFlags {
  readonly json?: true;
  readonly pretty?: true;
  readonly wide?: true;
  readonly output?: (typeof OUTPUTS)[number];
}

const OUTPUTS = ['json', 'yaml', 'wide'] as const;
/** As kubectl, which indents. */
const FORMATS = { json: 'pretty', yaml: 'yaml', wide: 'wide' } as const satisfies Record<
  (typeof OUTPUTS)[number],
  Format
>;

const GLOBAL_FLAGS = [
  ['-j, --json', 'print JSON, on one line'],
  ['-p, --pretty', 'print JSON, indented'],
  ['--wide', 'print every column, and each row on one line'],
  ['--config <file>', "configuration file of the daemon; default: the machine's own"],
  ['--pin-root <dir>', 'only this directory of pins, without a configuration'],
  ['--lab <name>', 'name of a lab'],
  ['--node <node>', 'node of the lab'],
] as const;

/** They may precede the object, as with bpftool, or follow the command, unless it has one of its own by that name. */
export function addGlobalFlags(command: Command, where: 'shown' | 'hidden'): void {
  const options = [
    ...GLOBAL_FLAGS.map(([flags, text]) => new Option(flags, text)),
    choiceOption('-o, --output <format>', 'print JSON (indented), YAML, or every column', OUTPUTS),
  ];
  for (const option of options)
    if (!command.options.some(own => own.long === option.long || own.short === (option.short ?? '-')))
      command.addOption(option.hideHelp(where === 'hidden'));
}

export function formatOf(command: Command): Format {
  const { json, pretty, wide, output } = command.optsWithGlobals<GlobalFlags>();
  if (output !== undefined) return FORMATS[output];
  if (pretty === true) return 'pretty';
  if (json === true) return 'json';
  return wide === true ? 'wide' : 'table';
}

/** The value of `--lab`. */
export function labFlagOf(command: Command): string | undefined {
  return command.optsWithGlobals<GlobalFlags>().lab;
}

export function targetOf(command: Command): Target {
  return resolveTarget(targetFlagsOf(command));
}

export function targetFlagsOf(command: Command): TargetFlags {
  return command.optsWithGlobals<GlobalFlags>();
}

/** The words of the command line that name the install again, for another run of heddlectl. */
export function targetWords(command: Command): string[] {
  const { lab, node, config, pinRoot } = targetFlagsOf(command);
  const named = Object.entries({ lab, node, config, 'pin-root': pinRoot });
  return named.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]));
}
