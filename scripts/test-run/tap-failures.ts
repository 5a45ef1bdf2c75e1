// Reads a test file's TAP: how many of its tests passed, and the text of the assertions that failed.
import type { Readable } from 'node:stream';
import { Parser, type FinalResults, type Result } from 'tap-parser';

export interface Failure {
  /** Titles from the file's top level down to the assertion, joined by TITLE_SEPARATOR. */
  readonly title: string;
  readonly text: string;
}

export interface TapOutcome {
  /** Of the file's own tests, those with nothing below them that failed. */
  readonly passed: number;
  /** Of any outcome. */
  readonly count: number;
  readonly failures: readonly Failure[];
}

export const TITLE_SEPARATOR = ' › ';
const WITHOUT_ASSERTION = 'ended without an assertion: it could not have failed';

/** Settles at the end of the stream, or when `cut` says that no more is to come. */
export async function readTap(stdout: Readable, cut?: AbortSignal): Promise<TapOutcome> {
  const failures: Failure[] = [];
  const parser = new Parser();
  collectFailures(parser, [], failures);
  const passed = countPassed(parser, failures);
  const results = new Promise<FinalResults>(resolve => parser.on('complete', resolve));
  cut?.addEventListener('abort', () => {
    stdout.unpipe(parser);
    parser.end();
    stdout.destroy();
  });
  stdout.pipe(parser);
  const { count, failures: reported } = await results;
  return { passed: passed(), count, failures: [...failures, ...reported.flatMap(brokenTap)] };
}

/** A plan that is missing or wrong: the file ended before its end, whatever its exit status says. */
function brokenTap(failure: object): Failure[] {
  const { tapError } = failure as { tapError?: string | null };
  if (typeof tapError !== 'string') return [];
  return [{ title: `broken TAP: ${tapError}`, text: 'the file did not get to its end' }];
}

function collectFailures(parser: Parser, path: readonly string[], failures: Failure[]): void {
  let summaryDue: Parser | undefined;
  parser.on('child', (inner: Parser) => {
    summaryDue = inner;
    collectFailures(inner, [...path, inner.name], failures);
  });
  parser.on('assert', (result: Result) => {
    const subtest = summaryDue?.name === result.name ? summaryDue : undefined;
    summaryDue = undefined;
    // A failed subtest is reported by its own assertions; its parent's line adds nothing.
    if (subtest !== undefined && subtest.count > 0) return;
    const text = failureText(result, subtest !== undefined);
    if (text !== undefined) failures.push({ title: [...path, result.name].join(TITLE_SEPARATOR), text });
  });
  parser.on('bailout', (reason: string) =>
    failures.push({ title: [...path, 'bailed out'].join(TITLE_SEPARATOR), text: reason }),
  );
}

/** Number of top-level tests of the file without failures. */
function countPassed(parser: Parser, failures: readonly Failure[]): () => number {
  let [passed, failedBefore] = [0, 0];
  parser.on('assert', () => {
    if (failures.length === failedBefore) passed++;
    failedBefore = failures.length;
  });
  return () => passed;
}

function failureText(result: Result, isEmptySubtest: boolean): string | undefined {
  const skipped = result.skip || result.todo;
  if (skipped) return `skipped: ${String(skipped)}`;
  if (!result.ok) return describe(result);
  return isEmptySubtest ? WITHOUT_ASSERTION : undefined;
}

/** What was expected and what came, and the place, without tap's own fields. */
function describe(result: Result): string {
  const fields = (result.diag ?? {}) as Record<string, unknown>;
  const at = fields['at'] as { fileName?: string; lineNumber?: number } | undefined;
  const place = at?.lineNumber === undefined ? '' : `${at.fileName ?? 'line'}:${at.lineNumber}\n`;
  if (typeof fields['diff'] === 'string') return place + fields['diff'];
  const shown = Object.entries(fields).filter(([key]) => !['at', 'stack', 'source'].includes(key));
  return place + JSON.stringify(Object.fromEntries(shown), undefined, 2).replaceAll('\\n', '\n');
}
