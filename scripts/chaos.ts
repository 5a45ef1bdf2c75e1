// make chaos: traffic in a lab while its daemons are stopped, killed and burdened. SEED=… repeats a run, SHARE=0.1 shortens it,
// ONLY=part-of-a-name injects some of the faults.
import { messageOf } from '../loader/errors.ts';
import { faultsNamed, runChaos, type Row } from '../test/chaos/run.ts';
import { chaosTable, sentences } from '../test/chaos/table.ts';
import { verdictOf } from '../test/chaos/verdict.ts';
import { seedFrom } from '../test/support/policy/random/seed.ts';

const LAB = 'chaos';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => controller.abort(new Error(`interrupted by ${name}`)));
  return controller.signal;
}

function show(rows: readonly Row[], seed: number): void {
  print(`\n${chaosTable(rows)}`);
  for (const line of sentences(rows)) print(line);
  const unexpected = rows.filter(row => !verdictOf(row).isExpected).length;
  const known = rows.filter(row => verdictOf(row).words.startsWith('known')).length;
  print(`\n${rows.length} faults, ${unexpected} failed, ${known} known to fail; SEED=${seed} repeats it`);
  process.exitCode = unexpected === 0 ? 0 : 1;
}

if (process.geteuid?.() !== 0) {
  process.stderr.write('make chaos needs root: it loads BPF and makes network namespaces\n');
  process.exit(2);
}
const seed = seedFrom(process.env);
const share = Number(process.env['SHARE'] ?? 1);
const faults = faultsNamed(process.env['ONLY'] ?? '');
if (faults.length === 0) {
  process.stderr.write(
    `no fault has '${process.env['ONLY'] ?? ''}' in its name: test/chaos/faults has them\n`,
  );
  process.exit(2);
}
const start = Date.now();
const progress = (text: string): void =>
  print(`  ${((Date.now() - start) / 1_000).toFixed(0).padStart(4)} s: ${text}`);
try {
  show(await runChaos({ labName: LAB, seed, share, faults, signal: interruption(), progress }), seed);
} catch (error) {
  process.stderr.write(`chaos ended early: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
