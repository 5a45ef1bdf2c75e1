// Options and arguments with a closed set of values: help and completion list them, a mistake is told the nearest one.
import { Argument, InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../../../loader/config/nearest.ts';

export function choiceOption(flags: string, text: string, choices: readonly string[]): Option {
  return new Option(flags, text).choices(choices).argParser(value => chosen(value, choices));
}

export function choiceArgument(name: string, text: string, choices: readonly string[]): Argument {
  return new Argument(name, text).choices(choices).argParser(value => chosen(value, choices));
}

/** commander puts "argument 'x' is invalid." before it. */
export function chosen(value: string, choices: readonly string[]): string {
  if (choices.includes(value)) return value;
  const hint = didYouMean(value, choices).replace(/^, d/, 'D');
  throw new InvalidArgumentError(
    `${hint === '' ? '' : `${hint} `}Allowed choices are ${choices.join(', ')}.`,
  );
}
