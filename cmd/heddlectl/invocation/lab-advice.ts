// "several labs are up: add --lab": for a person who has forgotten it.
import { wordList } from '../../../loader/config/word-list.ts';
import { listLabs } from '../../../lab/registry.ts';

const TARGETS = ['--lab', '--config', '--pin-root'];

/** Undefined when no lab is up. */
export function labAdvice(): string | undefined {
  const names = listLabs().map(({ options }) => options.name);
  if (names.length === 0) return undefined;
  if (names.length === 1) return `a lab is up: add --lab ${names.join('')}`;
  return `several labs are up: add --lab with one of ${wordList(names, 'or')}`;
}

/** Follows what this machine's own install lacks; empty if the command line names an install. */
export function labHint(argv: readonly string[]): string {
  const isNamed = argv.some(word => TARGETS.some(flag => word === flag || word.startsWith(`${flag}=`)));
  const advice = isNamed ? undefined : labAdvice();
  return advice === undefined ? '' : `; ${advice}`;
}
