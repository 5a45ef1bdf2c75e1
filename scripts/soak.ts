// make soak: random faults under traffic, one and two at once, until the time is up. MINUTES=3 shortens it, SEED=… repeats a
// run, ONLY=part-of-a-name,… plays some of the faults, SOURCE=etcd or api-server one lab, JSON=1 prints the result as JSON.
import { mkdirSync, writeFileSync } from 'node:fs';
import { messageOf } from '../loader/errors.ts';
import { runSoak, SOURCES, type SoakResult } from '../test/soak/run.ts';
import { failuresOf, soakTable } from '../test/soak/table.ts';
import { seedFrom } from '../test/support/policy/random/seed.ts';

const OUTPUT = 'build/soak';
const MINUTES = 30;
const NODES = 3;

const isJson = process.env['JSON'] === '1';
const minutes = Number(process.env['MINUTES'] ?? MINUTES);
const seed = seedFrom(process.env);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => controller.abort(new Error(`interrupted by ${name}`)));
  return controller.signal;
}

function show(result: SoakResult): void {
  const failures = failuresOf(result);
  const whole = { seed, minutes, ...result, failures };
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(`${OUTPUT}/result.json`, `${JSON.stringify(whole, undefined, 2)}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
  if (isJson) {
    print(JSON.stringify(whole));
    return;
  }
  print(`\n${soakTable(result)}`);
  for (const sentence of failures) print(sentence);
  print(
    `\n${result.rounds.length} rounds, ${failures.length} failures; SEED=${seed} repeats it; ${OUTPUT}/result.json`,
  );
}

if (process.geteuid?.() !== 0) refuse('make soak needs root: it loads BPF and makes network namespaces');
if (!(minutes > 0)) refuse(`MINUTES cannot be '${process.env['MINUTES'] ?? ''}': use a number`);
const { SOURCE } = process.env;
const named = Object.entries(SOURCES).filter(([name]) => (SOURCE ?? '') === '' || name === SOURCE);
if (named.length === 0) refuse(`no source is '${SOURCE ?? ''}': use ${Object.keys(SOURCES).join(' or ')}`);
const sources = named.map(([, open]) => open);
const only = (process.env['ONLY'] ?? '').split(',');
const start = performance.now();
const progress = (text: string): void => {
  const elapsed = ((performance.now() - start) / 1_000).toFixed(0).padStart(5);
  (isJson ? process.stderr : process.stdout).write(`${elapsed} s: ${text}\n`);
};
progress(`SEED=${seed}, ${minutes} minutes`);
try {
  const isWanted = ({ name }: { readonly name: string }): boolean => only.some(part => name.includes(part));
  show(
    await runSoak({
      seed,
      minutes,
      sources,
      nodes: NODES,
      isWanted,
      signal: interruption(),
      progress,
    }),
  );
} catch (error) {
  process.stderr.write(`soak ended early: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
