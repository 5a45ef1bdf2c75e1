// Reads settings from a command line: --key value, --key=value, and --key or --no-key for booleans.
import type { Assignment, Assignments } from './assignment.ts';
import { configKeys } from './keys.ts';
import { assign, settingsByName } from './former-names.ts';
import { didYouMean } from './nearest.ts';

const byFlag = settingsByName('flag');
const byNegation = new Map(
  [...byFlag].flatMap(([flag, named]) => (named.setting.isBoolean ? [[negation(flag), named] as const] : [])),
);
/** For hints: former names are not suggested. */
const currentNames = configKeys.flatMap(({ flag, isBoolean }) =>
  isBoolean ? [flag, negation(flag)] : [flag],
);

/** Path of the configuration file. It has no key: a file cannot name itself. */
export const CONFIG_FLAG = '--config';

export interface FlagAssignments extends Assignments {
  readonly configPath?: string;
}

export function readFlags(argv: readonly string[]): FlagAssignments {
  const assignments: Assignment[] = [];
  const problems: string[] = [];
  let configPath: string | undefined;
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const { flag, inline } = splitFlag(word);
    const given = byFlag.get(flag);
    const negated = byNegation.get(flag);
    if (negated !== undefined && inline === undefined) {
      assignments.push(assign(negated, { value: 'false', origin: flag, isText: true }));
    } else if (given?.setting.isBoolean && inline === undefined) {
      const isValue = words[0] === 'true' || words[0] === 'false';
      const value = isValue ? words.shift() : 'true';
      assignments.push(assign(given, { value, origin: flag, isText: true }));
    } else if (given !== undefined || flag === CONFIG_FLAG) {
      const value = inline ?? words.shift();
      if (value === undefined)
        problems.push(`${flag} needs a value: write ${given?.setting.expects ?? 'a path'}`);
      else if (given === undefined) configPath = value;
      else assignments.push(assign(given, { value, origin: flag, isText: true }));
    } else {
      problems.push(unknownWord(word, flag));
      while (words[0]?.startsWith('-') === false) words.shift(); // the unknown flag's value is not a second problem
    }
  }
  return { assignments, problems, ...(configPath !== undefined && { configPath }) };
}

function splitFlag(word: string): { flag: string; inline?: string } {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals < 0 ? { flag: word } : { flag: word.slice(0, equals), inline: word.slice(equals + 1) };
}

function negation(flag: string): string {
  return `--no-${flag.slice(2)}`;
}

function unknownWord(word: string, flag: string): string {
  if (!word.startsWith('-'))
    return `'${word}' on the command line is not a flag: settings are given as --key value`;
  return `unknown flag ${flag}${didYouMean(flag, [...currentNames, CONFIG_FLAG])}`;
}
