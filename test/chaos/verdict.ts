// What is to be thought of a row: what should cost nothing, and what is known to cost something still.
import { KNOWN_FAILURES } from '../known-failures.ts';
import { isNothing } from './losses.ts';
import type { Row } from './run.ts';

const TEST = 'test/e2e/daemon/chaos.test.ts';

/** Title of the assertion, in that test, that a fault costs nothing. */
export const COSTS_NOTHING = 'costs nothing';

export interface Verdict {
  /** As it should be, or as it is known to be. */
  readonly isExpected: boolean;
  readonly words: string;
}

export function verdictOf({ fault, losses }: Pick<Row, 'fault' | 'losses'>): Verdict {
  const known = KNOWN_FAILURES.find(
    ({ test, title }) => test === TEST && title === `${fault} › ${COSTS_NOTHING}`,
  );
  if (known === undefined)
    return { isExpected: isNothing(losses), words: isNothing(losses) ? 'ok' : 'FAILED' };
  if (!isNothing(losses)) return { isExpected: true, words: `known: ${known.fault}` };
  return { isExpected: false, words: `passes now: ${known.fault} is to be unmarked` };
}
