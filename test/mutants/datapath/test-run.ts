// Runs a test file of a mutant's build folder until the first assertion fails that holds on the product.
import { spawn, type ChildProcess } from 'node:child_process';
import { Parser, type Result } from 'tap-parser';

/** Ten times what the longest of them needs. */
const LIMIT_MS = 300_000;

export interface TestRun {
  /** Full titles, without those that were to be ignored; the run ends at the first, unless it is to go on. */
  readonly failed: readonly string[];
}

export interface TestRunOptions {
  readonly ignored?: ReadonlySet<string>;
  /** To find all that fails. */
  readonly toTheEnd?: boolean;
}

export async function runTestBundle(bundle: string, options: TestRunOptions = {}): Promise<TestRun> {
  const { ignored = new Set(), toTheEnd = false } = options;
  const child = spawn(process.execPath, ['--enable-source-maps', bundle], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true, // a group of its own: the test runs in a child of the child
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: String(LIMIT_MS / 1_000) },
  });
  const exited = new Promise<number | null>(resolve => child.on('exit', resolve));
  const failed: string[] = [];
  const parser = new Parser();
  watch(parser, [], title => {
    if (ignored.has(title)) return;
    failed.push(title);
    if (!toTheEnd) killGroup(child);
  });
  child.stdout.pipe(parser);
  const limit = setTimeout(() => {
    failed.push(`did not end within ${LIMIT_MS / 1_000} s`);
    killGroup(child);
  }, LIMIT_MS);
  const code = await exited;
  clearTimeout(limit);
  const isUnheard = code !== 0 && failed.length === 0 && ignored.size === 0;
  return { failed: isUnheard ? [`ended with ${code ?? 'a signal'}`] : failed };
}

/** Failed assertions at the leaves, as they come. */
function watch(parser: Parser, path: readonly string[], onFailed: (title: string) => void): void {
  let summaryDue: Parser | undefined;
  parser.on('child', (inner: Parser) => {
    summaryDue = inner;
    watch(inner, [...path, inner.name], onFailed);
  });
  parser.on('assert', (result: Result) => {
    const isSummary = summaryDue !== undefined && result.name === summaryDue.name && summaryDue.count > 0;
    summaryDue = undefined;
    if (isSummary || result.ok || result.skip || result.todo) return;
    onFailed([...path, result.name].join(' › '));
  });
  parser.on('bailout', (reason: string) => {
    onFailed(`bailed out: ${reason}`);
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
