// Reads settings from a command line: --key value, --key=value, and --key or --no-key for what is true or false.
import type { Assignment, Assignments } from './assignment.ts';
import { configKeys, type ConfigKey } from './keys.ts';
import { didYouMean } from './nearest.ts';

const byFlag = new Map(configKeys.map(key => [key.flag, key]));
const byNegation = new Map(configKeys.filter(key => key.isBoolean).map(key => [negation(key), key]));

/** Names the configuration file; a flag without a key of its own, for a file cannot name itself. */
export const CONFIG_FLAG = '--config';

export interface FlagAssignments extends Assignments {
  readonly configPath?: string;
}

export function readFlags(argv: readonly string[]): FlagAssignments {
  const assignments: Assignment[] = [];
  const problems: string[] = [];
  let configPath: string | undefined;
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { flag, inline } = splitFlag(word);
    const key = byFlag.get(flag);
    const negated = byNegation.get(flag);
    if (negated !== undefined && inline === undefined) {
      assignments.push({ key: negated.key, value: 'false', origin: flag, isText: true });
    } else if (key?.isBoolean && inline === undefined) {
      const isValue = rest[0] === 'true' || rest[0] === 'false';
      assignments.push({ key: key.key, value: isValue ? rest.shift() : 'true', origin: flag, isText: true });
    } else if (key !== undefined || flag === CONFIG_FLAG) {
      const value = inline ?? rest.shift();
      if (value === undefined) problems.push(`${flag} needs a value: write ${key?.expects ?? 'a path'}`);
      else if (key === undefined) configPath = value;
      else assignments.push({ key: key.key, value, origin: flag, isText: true });
    } else {
      problems.push(unknownWord(word, flag));
      while (rest[0]?.startsWith('-') === false) rest.shift(); // the unknown flag's value says nothing more
    }
  }
  return { assignments, problems, ...(configPath !== undefined && { configPath }) };
}

function splitFlag(word: string): { flag: string; inline?: string } {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals < 0 ? { flag: word } : { flag: word.slice(0, equals), inline: word.slice(equals + 1) };
}

function negation(key: ConfigKey): string {
  return `--no-${key.flag.slice(2)}`;
}

function unknownWord(word: string, flag: string): string {
  if (!word.startsWith('-'))
    return `'${word}' on the command line is no flag: settings are given as --key value`;
  return `unknown flag ${flag}${didYouMean(flag, [...byFlag.keys(), ...byNegation.keys(), CONFIG_FLAG])}`;
}
