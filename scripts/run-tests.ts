// Runs the suites or files named as arguments (all suites without), shows progress, and closes with the count.
import { existsSync } from 'node:fs';
import { normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reportUnitCoverage, startUnitCoverage } from './coverage/unit-coverage.ts';
import { KNOWN_FAILURES } from '../test/known-failures.ts';
import { LONG_TESTS } from '../test/long-tests.ts';
import { limitMsOf, mostCpu, recordedDurations, writeMeasured } from './test-run/durations.ts';
import { withoutKnown, type ComparedOutcome } from './test-run/known-failures.ts';
import { leaksSince, takeInventory, type Inventory } from './test-run/leaks.ts';
import { longestFirst, runScheduled } from './test-run/schedule.ts';
import { repeatedFiles, runFailedAgain } from './test-run/second-run.ts';
import { killRunningTests, runTestFile } from './test-run/test-file.ts';
import { isRootless, LONG, TEST_SUITES, testFiles, type TestSuite } from './test-suites.ts';

/** scripts/isolate makes it. */
const ISOLATED = '/run/heddle-isolated';
/** Signalled processes, and the objects that they hold, may take a moment to end. */
const LEAK_PATIENCE_MS = 30_000;
const LEAK_POLL_MS = 250;
/** A process needs less to end, also on a busy machine. */
const LINGERING_MS = 3_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

/** Suites, `long` and files, in any order; all suites without. A suite is without its long files. */
function filesFrom(args: readonly string[]): string[] {
  const all = Object.keys(TEST_SUITES) as TestSuite[];
  const every = testFiles(all);
  const files = args.map(arg => normalize(arg)).filter(arg => every.includes(arg));
  const suites = args.length === 0 ? all : all.filter(suite => args.includes(suite));
  const ofSuites = testFiles(suites).filter(file => !LONG_TESTS.has(file));
  const isKnown = (arg: string): boolean => arg === LONG || all.some(suite => suite === arg);
  const unknown = args.filter(arg => !isKnown(arg) && !every.includes(normalize(arg)));
  if (unknown.length > 0)
    refuse(
      `no test suite and no test file is '${unknown.join("', '")}': use ${[...all, LONG].join(', ')} or a *.test.ts`,
    );
  return [...new Set([...ofSuites, ...(args.includes(LONG) ? LONG_TESTS : []), ...files])];
}

async function runAll(
  files: readonly string[],
  unitEnvironment: Readonly<Record<string, string>>,
): Promise<ComparedOutcome[]> {
  const outcomes: ComparedOutcome[] = [];
  await runScheduled(longestFirst(files, DURATIONS), async file => {
    const environment = isRootless(file) ? { ...process.env, ...unitEnvironment } : process.env;
    const outcome = await runFile(file, environment);
    outcomes.push(outcome);
    report(outcome, `${outcomes.length}/${files.length}`);
  });
  writeMeasured(outcomes);
  return outcomes;
}

async function runFile(file: string, environment: NodeJS.ProcessEnv): Promise<ComparedOutcome> {
  return withoutKnown(await runTestFile(file, limitMsOf(file, DURATIONS), environment), KNOWN_FAILURES);
}

async function runAgain(file: string): Promise<ComparedOutcome> {
  const outcome = await runFile(file, process.env);
  report(outcome, 'again');
  return outcome;
}

function report(outcome: ComparedOutcome, progress: string): void {
  const { file, failures } = outcome;
  const mark = failures.length === 0 ? 'ok  ' : 'FAIL';
  print(`${mark} ${progress.padStart(8)}  ${file}  (${summaryOf(outcome)})`);
  for (const { title, text } of failures)
    print(`       ${`${title}\n${text}`.replaceAll('\n', '\n       ')}`);
}

function summaryOf({ passed, known, durationMs, cpuSeconds, lingeredMs }: ComparedOutcome): string {
  const inSeconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  return [
    `${passed} passed`,
    ...(known > 0 ? [`${known} known`] : []),
    inSeconds(durationMs),
    ...(cpuSeconds === undefined ? [] : [`${cpuSeconds.toFixed(1)} s of CPU`]),
    ...(lingeredMs > LINGERING_MS ? [`kept alive for ${inSeconds(lingeredMs)} by what it left running`] : []),
  ].join(', ');
}

/** What is left inside when a suite ends is a failure, once it has had the time to go. */
async function leaks(before: Inventory): Promise<string[]> {
  const deadline = performance.now() + LEAK_PATIENCE_MS;
  for (;;) {
    const left = leaksSince(before, takeInventory());
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(LEAK_POLL_MS);
  }
}

// Node reads these at each start, a third of its CPU time then: no test trusts anybody of the world outside.
delete process.env['NODE_EXTRA_CA_CERTS'];
const DURATIONS = recordedDurations();
const files = filesFrom(process.argv.slice(2));
const repeated = repeatedFiles(process.env);
const isIsolated = existsSync(ISOLATED);
if (!isIsolated && !files.every(isRootless))
  refuse('these tests load BPF and make namespaces: run them by `make test`, or through scripts/isolate');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    killRunningTests();
    process.exit(130);
  });
const before = isIsolated ? takeInventory() : undefined;
/** Of a few files it says nothing. */
const isCovered = testFiles(['unit']).every(file => files.includes(file));
const first = await runAll(files, isCovered ? startUnitCoverage() : {});
const { outcomes, unsteady } = await runFailedAgain(first, repeated, runAgain);
const coverage = isCovered ? reportUnitCoverage() : { lines: [], failures: [] };
for (const line of [...coverage.lines, ...mostCpu(outcomes)]) print(line);
const failures = [
  ...outcomes.flatMap(outcome => outcome.failures.map(({ title }) => `${outcome.file}: ${title}`)),
  ...coverage.failures,
  ...(before === undefined ? [] : await leaks(before)),
];
for (const line of unsteady) print(`unsteady: ${line}: failed beside others, passed alone`);
for (const failure of failures) print(`failed: ${failure}`);
const [passed, known] = [
  outcomes.reduce((sum, outcome) => sum + outcome.passed, 0),
  outcomes.reduce((sum, outcome) => sum + outcome.known, 0),
];
if (known > 0) print(`${known} known failures (test/known-failures.ts)`);
print(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
