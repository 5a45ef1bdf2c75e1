// The global options, and the target and format that they select.
import { Option, type Command } from 'commander';
import type { Format } from '../output/output.ts';
import { resolveTarget, type Target, type TargetFlags } from './target.ts';

interface GlobalFlags extends TargetFlags {
  readonly json?: true;
  readonly pretty?: true;
}

const GLOBAL_FLAGS = [
  ['-j, --json', 'print JSON, on one line'],
  ['-p, --pretty', 'print JSON, indented'],
  ['--config <file>', "configuration file of the daemon; default: the machine's own"],
  ['--pin-root <dir>', 'only this directory of pins, without a configuration'],
  ['--lab <name>', 'name of a lab'],
  ['--node <node>', 'node of the lab'],
] as const;

/** They may precede the object, as with bpftool, or follow the command. */
export function addGlobalFlags(command: Command, where: 'shown' | 'hidden'): void {
  for (const [flags, text] of GLOBAL_FLAGS)
    command.addOption(new Option(flags, text).hideHelp(where === 'hidden'));
}

export function formatOf(command: Command): Format {
  const { json, pretty } = command.optsWithGlobals<GlobalFlags>();
  if (pretty === true) return 'pretty';
  return json === true ? 'json' : 'table';
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
