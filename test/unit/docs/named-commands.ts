// Commands that a page names: make with its variables, heddlectl with its flags, heddled with its own.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { buildProgram } from '../../../cmd/heddlectl/program.ts';
import { configKeys } from '../../../loader/config/keys.ts';
import { TREE } from './pages.ts';

const MAKEFILES = ['Makefile', ...TREE.filter(path => path.endsWith('.mk'))];
const MAKE = MAKEFILES.map(path => readFileSync(path, 'utf8')).join('\n');
const TARGETS = new Set(
  Array.from(MAKE.matchAll(/^\.PHONY: (.*)$/gm), ([, names = '']) => names.split(' ')).flat(),
);
const READ_BY = TREE.filter(path => /^(test|scripts)\/.*\.ts$/.test(path));
const SCRIPTS = READ_BY.map(path => readFileSync(path, 'utf8')).join('\n');
const HEDDLECTL = await buildProgram();
const HEDDLED_FLAGS = new Set([
  '--config',
  '--print-config',
  '--help',
  '--version',
  ...configKeys.map(({ flag }) => flag),
]);

/** What of the command does not exist; `undefined` also when it is a command of others. */
export function missingCommand(text: string): string | undefined {
  const words = text
    .replace(/^(\$ |sudo )/, '')
    .replaceAll(/"[^"]*"/g, 'quoted')
    .split(/\s+/);
  const [program = '', ...rest] = words;
  if (program === 'make') return missingMake(rest);
  if (/^(build\/)?heddlectl$/.test(program)) return missingHeddlectl(rest);
  if (/^(build\/)?heddled$/.test(program))
    return rest.find(word => word.startsWith('--') && !HEDDLED_FLAGS.has(flagOf(word)));
  return undefined;
}

function missingMake(words: readonly string[]): string | undefined {
  for (const word of words) {
    const [name = '', value] = word.split('=');
    if (value === undefined && /^[a-z]/.test(name) && !TARGETS.has(name)) return `no target ${name}`;
    if (value !== undefined && !isVariable(name)) return `nothing reads ${name}`;
  }
  return undefined;
}

export function isVariable(name: string): boolean {
  return MAKE.includes(`$(${name})`) || SCRIPTS.includes(`['${name}']`);
}

/** Arguments end the names of commands; what comes after a lone `--` is a command of others. */
function missingHeddlectl(words: readonly string[]): string | undefined {
  let command: Command = HEDDLECTL;
  const flags = new Set(['--help', '-h', ...flagsOf(command)]);
  let [isNaming, isValue] = [true, false];
  for (const word of words) {
    if (isValue) {
      isValue = false;
      continue;
    }
    if (['--', '|', '>', '&&', ';'].includes(word)) break;
    if (word.startsWith('-')) {
      if (!flags.has(flagOf(word))) return `no flag ${flagOf(word)} of heddlectl ${command.name()}`;
      isValue = !word.includes('=') && takesValue(command, word);
      continue;
    }
    const inner = command.commands.find(one => one.name() === word || one.aliases().includes(word));
    if (inner === undefined) {
      if (isNaming && command.commands.length > 0 && /^[a-z]+$/.test(word))
        return `heddlectl has no command ${word}`;
      isNaming = false;
      continue;
    }
    command = inner;
    for (const flag of flagsOf(command)) flags.add(flag);
  }
  return undefined;
}

/** A global flag is one of each command too. */
function takesValue(command: Command, flag: string): boolean {
  return command.options.some(({ long, short, required }) => (long === flag || short === flag) && required);
}

function flagsOf(command: Command): string[] {
  return command.options.flatMap(({ long, short }) => [long, short].filter(flag => typeof flag === 'string'));
}

function flagOf(word: string): string {
  return word.replace(/[=,;.].*$/, '');
}
