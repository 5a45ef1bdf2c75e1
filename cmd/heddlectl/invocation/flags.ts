// The options that every command has, and what they come to.
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
  ['--config <file>', "the install with this configuration of its daemon; without it, the machine's own"],
  ['--pin-root <dir>', 'only these pins, whoever they belong to'],
  ['--lab <name>', 'a node of that lab'],
  ['--node <node>', 'which node of the lab'],
] as const;

/** They stand before the object, as with bpftool, or after the command. */
export function addGlobalFlags(command: Command, where: 'shown' | 'hidden'): void {
  for (const [flags, text] of GLOBAL_FLAGS)
    command.addOption(new Option(flags, text).hideHelp(where === 'hidden'));
}

export function formatOf(command: Command): Format {
  const { json, pretty } = command.optsWithGlobals<GlobalFlags>();
  if (pretty === true) return 'pretty';
  return json === true ? 'json' : 'table';
}

/** The lab that `--lab` names, if it does. */
export function labFlagOf(command: Command): string | undefined {
  return command.optsWithGlobals<GlobalFlags>().lab;
}

export function targetOf(command: Command): Target {
  return resolveTarget(command.optsWithGlobals<GlobalFlags>());
}
