/**
 * What `make test-long` runs, and `make test` leaves out: files of more than eight seconds of CPU time whose subject `make test` also meets
 * elsewhere, in fewer cases.
 */
export const LONG_TESTS: ReadonlySet<string> = new Set([]);
