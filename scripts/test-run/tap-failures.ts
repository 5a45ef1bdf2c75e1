// Reads a test file's TAP: how many assertions passed at the leaves, and the text of those that failed.
import type { Readable } from 'node:stream';
import { Parser, type FinalResults, type Result } from 'tap-parser';

export interface Failure {
  /** Titles from the file's top level down to the assertion, joined by TITLE_SEPARATOR. */
  readonly title: string;
  readonly text: string;
}

export interface TapOutcome {
  readonly passed: number;
  /** Assertions of any outcome. */
  readonly count: number;
  readonly failures: readonly Failure[];
}

export const TITLE_SEPARATOR = ' › ';

/** Settles at the end of the stream, or when `cut` says that no more is to come. */
export async function readTap(stdout: Readable, cut?: AbortSignal): Promise<TapOutcome> {
  const failures: Failure[] = [];
  const parser = new Parser();
  collectFailures(parser, [], failures);
  const results = new Promise<FinalResults>(resolve => parser.on('complete', resolve));
  cut?.addEventListener('abort', () => {
    stdout.unpipe(parser);
    parser.end();
    stdout.destroy();
  });
  stdout.pipe(parser);
  const { pass, count, failures: reported } = await results;
  return { passed: pass, count, failures: [...failures, ...reported.flatMap(brokenTap)] };
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
    // A failed subtest is reported by its own assertions; its parent's line adds nothing.
    const isSummary = summaryDue !== undefined && result.name === summaryDue.name && summaryDue.count > 0;
    summaryDue = undefined;
    if (isSummary || (result.ok && !result.skip && !result.todo)) return;
    const skipped = result.skip || result.todo;
    const text = skipped ? `skipped: ${String(skipped)}` : describe(result);
    failures.push({ title: [...path, result.name].join(TITLE_SEPARATOR), text });
  });
  parser.on('bailout', (reason: string) =>
    failures.push({ title: [...path, 'bailed out'].join(TITLE_SEPARATOR), text: reason }),
  );
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
