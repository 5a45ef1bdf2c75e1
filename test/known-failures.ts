// Assertions that fail for a fault that is known and not mended yet. A listed one that passes is a failure too.

export interface KnownFailure {
  /** Path of the test file, from the repository's root. */
  readonly test: string;
  /** Titles from the file's top level down to the assertion or to a subtest, joined by ' › '. */
  readonly title: string;
  readonly fault: string;
  readonly why: string;
}

export const KNOWN_FAILURES: readonly KnownFailure[] = [];
