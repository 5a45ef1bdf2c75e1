// Takes known failures out of a file's outcome; one that no longer fails is a failure of the list.
import type { KnownFailure } from '../../test/known-failures.ts';
import type { FileOutcome } from './test-file.ts';
import { TITLE_SEPARATOR, type Failure } from './tap-failures.ts';

export interface ComparedOutcome extends FileOutcome {
  /** How many failures were listed. */
  readonly known: number;
}

export function withoutKnown(outcome: FileOutcome, list: readonly KnownFailure[]): ComparedOutcome {
  const ofFile = list.filter(({ test }) => test === outcome.file);
  const unexpected = outcome.failures.filter(failure => !ofFile.some(known => covers(known, failure)));
  const gone = ofFile.filter(known => !outcome.failures.some(failure => covers(known, failure)));
  const ofList = gone.map(({ title, fault }) => ({
    title,
    text: `listed as ${fault} in test/known-failures.ts and did not fail: remove its entry`,
  }));
  const known = outcome.failures.length - unexpected.length;
  return { ...outcome, failures: [...unexpected, ...ofList], known };
}

/** An entry may name a whole subtest. */
function covers({ title }: KnownFailure, failure: Failure): boolean {
  return failure.title === title || failure.title.startsWith(title + TITLE_SEPARATOR);
}
