#!/usr/bin/env node
// libbpf-ts: the command.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { BpfError } from './errors.ts';
import { generateModule } from './generate.ts';
import { readObject } from './object-spec.ts';

const USAGE = `usage: libbpf-ts gen [--output FILE] [--name NAME] [--type STRUCT]... OBJECT

Writes a TypeScript module for an object that clang made with -g -target bpf: the object itself, the types of its maps and
global variables, and a function that loads it.

  -o, --output FILE   where to; - is the standard output (default: packets.bpf.ts for packets.bpf.o)
  -n, --name NAME     what the module's names are made of (default: packets for packets.bpf.o)
  -t, --type STRUCT   also this C type, a record of a ring buffer for instance; more than one may be given
`;

/** What is wrong with how the command was called. */
class UsageError extends Error {}

function gen(words: readonly string[]): void {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o' },
      name: { type: 'string', short: 'n' },
      type: { type: 'string', short: 't', multiple: true },
    },
  });
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) throw new UsageError('name one object');
  const file = basename(path);
  const name = values.name ?? file.replace(/(\.bpf)?\.o$/, '').replace(/\W+/g, '_');
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new UsageError(`${name} is not a name: give one by --name`);
  const text = generateModule(readObject(readFileSync(path)), { name, file, types: values.type ?? [] });
  const output = values.output ?? path.replace(/(\.o)?$/, '.ts');
  if (output === '-') process.stdout.write(text);
  else writeFileSync(output, text);
}

function main([command, ...words]: readonly string[]): void {
  if (command === '--help' || command === '-h') process.stdout.write(USAGE);
  else if (command === 'gen') gen(words);
  else throw new UsageError(command === undefined ? 'no command' : `${command} is not a command`);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  const isUsage =
    error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof Error)) throw error;
  const isKnown = isUsage === true || error instanceof BpfError || 'syscall' in error;
  process.stderr.write(`libbpf-ts: ${isKnown ? error.message : (error.stack ?? error.message)}\n`);
  if (isUsage === true) process.stderr.write(USAGE);
  process.exitCode = isUsage === true ? 2 : 1;
}
