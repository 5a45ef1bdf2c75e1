// Runs the suites named as arguments (all of them without), shows progress, sweeps up, and closes with the count.
import { spawn, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Parser, type FinalResults, type Result } from 'tap-parser';
import { leftovers, othersAreTesting, removeLeftovers, type Leftovers } from './leftovers.ts';
import { bundleOf, TEST_SUITES, testFiles, type TestSuite } from './test-suites.ts';

/** A test file that has not ended by then is stopped and counted as failed. */
const FILE_TIMEOUT_MS = Number(process.env['FILE_TIMEOUT_S'] ?? 300) * 1_000;

interface FileOutcome {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly string[];
}

const running = new Set<ChildProcess>();

function suitesFrom(args: readonly string[]): TestSuite[] {
  const all = Object.keys(TEST_SUITES) as TestSuite[];
  const unknown = args.filter(arg => !all.includes(arg as TestSuite) && !arg.includes('/'));
  if (unknown.length > 0) {
    process.stderr.write(
      `no test suite is named '${unknown.join("', '")}': use ${all.join(', ')} or a file\n`,
    );
    process.exit(2);
  }
  return args.length === 0 ? all : all.filter(suite => args.includes(suite));
}

function filesFrom(args: readonly string[]): string[] {
  const named = args.filter(arg => arg.includes('/'));
  return named.length > 0 ? named : testFiles(suitesFrom(args));
}

async function runFile(file: string): Promise<FileOutcome> {
  const child = spawn(process.execPath, ['--enable-source-maps', bundleOf(file)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that a timeout reaches whatever the test started
    // tap's own limit is half a minute a file; ours says which file it was
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: String(FILE_TIMEOUT_MS / 1_000) },
  });
  running.add(child);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-8_000)));
  const deadline = AbortSignal.timeout(FILE_TIMEOUT_MS);
  const onDeadline = () => killGroup(child);
  deadline.addEventListener('abort', onDeadline);
  const exited = new Promise<string | undefined>(resolve => {
    child.on('exit', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit ${code}`)));
  });
  const { results, failures } = await parse(child);
  const ending = await exited;
  deadline.removeEventListener('abort', onDeadline);
  running.delete(child);
  if (deadline.aborted) failures.push(`did not end within ${FILE_TIMEOUT_MS / 1000} s`);
  if (ending !== undefined && failures.length === 0) failures.push(`ended with ${ending}\n${stderr}`);
  if (results.count === 0) failures.push(`ran no test\n${stderr}`);
  return { file, passed: results.pass, failures };
}

/** Counts assertions at the leaves, where a person would, and keeps the words of those that failed. */
async function parse(child: ChildProcess): Promise<{ results: FinalResults; failures: string[] }> {
  const failures: string[] = [];
  const parser = new Parser();
  collectFailures(parser, [], failures);
  const results = new Promise<FinalResults>(resolve => parser.on('complete', resolve));
  child.stdout?.pipe(parser);
  return { results: await results, failures };
}

function collectFailures(parser: Parser, path: readonly string[], failures: string[]): void {
  let summaryDue: Parser | undefined;
  parser.on('child', (inner: Parser) => {
    summaryDue = inner;
    collectFailures(inner, [...path, inner.name], failures);
  });
  parser.on('assert', (result: Result) => {
    // A failed subtest is reported by its own assertions; its parent's line says nothing new.
    const isSummary = summaryDue !== undefined && result.name === summaryDue.name && summaryDue.count > 0;
    summaryDue = undefined;
    if (isSummary || (result.ok && !result.skip && !result.todo)) return;
    const why =
      result.skip || result.todo ? `skipped: ${String(result.skip || result.todo)}` : describe(result);
    failures.push(`${[...path, result.name].join(' › ')}\n${why}`);
  });
  parser.on('bailout', (reason: string) => failures.push(`bailed out: ${reason}`));
}

/** What was expected and what came; where it stands, without the machinery's own account of itself. */
function describe(result: Result): string {
  const words = (result.diag ?? {}) as Record<string, unknown>;
  const line = (words['at'] as { lineNumber?: number } | undefined)?.lineNumber;
  const place = line === undefined ? '' : `line ${line}\n`;
  if (typeof words['diff'] === 'string') return place + words['diff'];
  const told = Object.entries(words).filter(([key]) => !['at', 'stack', 'source'].includes(key));
  return place + JSON.stringify(Object.fromEntries(told), undefined, 2).replaceAll('\\n', '\n');
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it ended between the decision and the signal
  }
}

async function runAll(files: readonly string[]): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  const queue = [...files];
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const start = Date.now();
      const outcome = await runFile(file);
      outcomes.push(outcome);
      report(outcome, `${outcomes.length}/${files.length}`, Date.now() - start);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  return outcomes;
}

function report(outcome: FileOutcome, progress: string, durationMs: number): void {
  const mark = outcome.failures.length === 0 ? 'ok  ' : 'FAIL';
  const count = `${outcome.passed} passed`;
  process.stdout.write(
    `${mark} ${progress.padStart(8)}  ${outcome.file}  (${count}, ${(durationMs / 1000).toFixed(1)} s)\n`,
  );
  for (const failure of outcome.failures)
    process.stdout.write(`       ${failure.replaceAll('\n', '\n       ')}\n`);
}

/** What a test leaves behind is a failure of its own, and is removed all the same. */
function sweep(before: Leftovers): string[] {
  if (othersAreTesting()) return []; // beside us: what theirs have made is no leftover
  const left = leftovers(before);
  removeLeftovers(left);
  return [...left.namespaces, ...left.pins, ...left.links, ...left.runtimes].map(
    name => `left behind: ${name}`,
  );
}

const before = leftovers();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    for (const child of running) killGroup(child);
    sweep(before);
    process.exit(130);
  });
}
const outcomes = await runAll(filesFrom(process.argv.slice(2)));
const failures = [
  ...outcomes.flatMap(outcome =>
    outcome.failures.map(failure => `${outcome.file}: ${failure.split('\n')[0] ?? ''}`),
  ),
  ...sweep(before),
];
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
process.exit(failures.length === 0 ? 0 : 1);
