// The options that every command has.
import type { Command } from 'commander';
import type { Format } from './output.ts';

export interface GlobalFlags {
  readonly json?: true;
  readonly pretty?: true;
  readonly config?: string;
  readonly pinRoot?: string;
  readonly lab?: string;
  readonly node?: string;
}

export function formatOf(command: Command): Format {
  const { json, pretty } = command.optsWithGlobals<GlobalFlags>();
  return pretty ? 'pretty' : json ? 'json' : 'table';
}
