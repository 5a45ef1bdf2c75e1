// make try-install: docs/install.md's section on plain machines, on Debian 12 and 13, each step in a table. ROOTS=12 plays one.
import { messageOf } from '../loader/errors.ts';
import { playRelease, type Row } from '../test/install/play.ts';
import { RELEASES } from '../test/install/releases.ts';

/** For one release; a tenth of it is what an idle machine needs. */
const LIMIT_MS = 900_000;

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ root, step, seconds, result, hasFailed }) => [
    ...[root, step, seconds.toFixed(1)],
    hasFailed ? 'FAILED' : result,
  ]);
  const all = [['root', 'step', 'seconds', 'result'], ...cells];
  const widths = [0, 1, 2].map(column => Math.max(...all.map(row => row[column]?.length ?? 0)));
  const line = ([root = '', step = '', seconds = '', result = '']: readonly string[]): string =>
    `${root.padEnd(widths[0] ?? 0)}  ${step.padEnd(widths[1] ?? 0)}  ${seconds.padStart(widths[2] ?? 0)}  ${result}`;
  return all.map(line).join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (process.geteuid?.() !== 0) {
  process.stderr.write('make try-install needs root: it boots machines in namespaces and loads BPF\n');
  process.exit(2);
}
const named = (process.env['ROOTS'] ?? '').split(' ').filter(Boolean).map(Number);
const releases = RELEASES.filter(({ number }) => named.length === 0 || named.includes(number));
if (releases.length === 0) {
  process.stderr.write(`ROOTS names no release: use ${RELEASES.map(({ number }) => number).join(' or ')}\n`);
  process.exit(2);
}
const start = performance.now();
const progress = (text: string): void =>
  print(`${((performance.now() - start) / 1_000).toFixed(0).padStart(5)} s: ${text}`);
const rows: Row[] = [];

function show(): void {
  print(`\n${table(rows)}`);
  for (const { root, step, result } of rows.filter(({ hasFailed }) => hasFailed))
    print(`\n${root}, ${step}: ${result}`);
}

/** The machines end with the namespaces of scripts/isolate, which end with this process. */
function endEarly(reason: string): never {
  show();
  process.stderr.write(`try-install ended early: ${reason}\n`);
  process.exit(1);
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => endEarly(name));
setTimeout(
  () => endEarly(`it took longer than ${LIMIT_MS / 60_000} minutes a release`),
  LIMIT_MS * releases.length,
).unref();
try {
  for (const release of releases) for await (const row of playRelease(release, progress)) rows.push(row);
} catch (error) {
  endEarly(messageOf(error));
}
show();
if (rows.some(({ hasFailed }) => hasFailed)) process.exitCode = 1;
