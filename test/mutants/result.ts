// What became of a mutant, and whether that is as it should be.
import type { Mutant } from './mutant.ts';

export interface Result {
  readonly mutant: Mutant;
  /** Test and title; undefined: nobody noticed. */
  readonly noticedBy: string | undefined;
  /** Why it could not be played, e.g. it does not compile. */
  readonly unplayable?: string;
  readonly seconds: number;
}

export type Fate = 'noticed' | 'equivalent' | 'hidden' | 'SURVIVED' | 'NOTICED' | 'UNPLAYABLE';

/** In capitals: not as it should be. What an entry explains must not be noticed: the explanation would be wrong. */
export function fateOf({ mutant, noticedBy, unplayable }: Result): Fate {
  if (unplayable !== undefined) return 'UNPLAYABLE';
  const explained =
    mutant.equivalent !== undefined ? 'equivalent' : mutant.hiddenBy !== undefined ? 'hidden' : undefined;
  if (noticedBy !== undefined) return explained === undefined ? 'noticed' : 'NOTICED';
  return explained ?? 'SURVIVED';
}

export function isFailure(fate: Fate): boolean {
  return fate === 'SURVIVED' || fate === 'NOTICED' || fate === 'UNPLAYABLE';
}

/** A row of the table: fate, name, seconds, by whom; for what survives the fault, else why that is so. */
export function resultLine(result: Result): string {
  const { mutant, noticedBy, seconds } = result;
  const fate = fateOf(result);
  const remark = {
    noticed: noticedBy,
    equivalent: mutant.equivalent,
    hidden: mutant.hiddenBy,
    SURVIVED: mutant.fault,
    UNPLAYABLE: result.unplayable,
    NOTICED: `${noticedBy ?? ''}, but its entry says why it cannot be: remove that`,
  }[fate];
  return `${fate.padEnd(10)} ${mutant.name.padEnd(52)} ${seconds.toFixed(1).padStart(6)} s  ${remark ?? ''}`;
}

export function summary(results: readonly Result[]): string {
  const fates = results.map(fateOf);
  const count = (...wanted: Fate[]): number => fates.filter(fate => wanted.includes(fate)).length;
  return (
    `mutants ${results.length}: ${count('noticed', 'NOTICED')} noticed, ${count('equivalent')} equivalent, ` +
    `${count('hidden')} hidden by a known fault, ${count('SURVIVED')} survived, ${count('UNPLAYABLE')} could not be played`
  );
}
