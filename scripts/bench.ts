// make bench: measures the figures named as arguments, or all of them. QUICK=1: few rounds; PLOT=1: writes docs/*.svg.
import { mkdirSync, writeFileSync } from 'node:fs';
import { messageOf } from '../loader/errors.ts';
import type { BenchContext, Figure, Result } from '../test/bench/figure.ts';
import { FIGURES, figureNamed, figuresNamed } from '../test/bench/figures.ts';
import { machineFacts, machineLimits, machineText } from '../test/bench/machine-facts.ts';
import { writePlots } from '../test/bench/plots.ts';
import { measureHere, runFigure } from '../test/bench/run-figure.ts';
import { resultTable } from '../test/bench/table.ts';

const OUTPUT = 'build/bench';

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function contextOf(figure: Figure, interrupted: AbortSignal): BenchContext {
  const start = Date.now();
  return {
    isQuick: process.env['QUICK'] === '1',
    progress: text => print(`  ${figure.name} ${((Date.now() - start) / 1000).toFixed(1)} s: ${text}`),
    signal: interrupted,
  };
}

/** The children hear of an interruption as well: each takes down what it has set up, and then ends. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => controller.abort(new Error(`interrupted by ${name}`)));
  return controller.signal;
}

async function measureAll(figures: readonly Figure[], script: string): Promise<never> {
  const interrupted = interruption();
  const machine = machineFacts();
  print(machineText(machine));
  for (const limit of machineLimits(machine)) print(`  ${limit}`);
  const results: Result[] = [];
  const failures: string[] = [];
  for (const figure of figures) {
    if (interrupted.aborted) break;
    print(figure.name);
    try {
      results.push(...(await runFigure(figure, script)));
    } catch (error) {
      failures.push(figure.name);
      print(`  FAILED: ${messageOf(error)}`);
    }
  }
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(`${OUTPUT}/results.json`, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(`${OUTPUT}/machine.json`, `${JSON.stringify(machine, undefined, 2)}\n`);
  if (process.env['PLOT'] === '1') {
    const isWhole = figures.length === FIGURES.length && !interrupted.aborted;
    for (const path of writePlots(results, machine, isWhole)) print(`wrote ${path}`);
  }
  print(`\n${resultTable(results)}\n`);
  print(`${results.length} results in ${OUTPUT}/results.json, ${failures.length} figures failed`);
  process.exit(failures.length === 0 && !interrupted.aborted ? 0 : 1);
}

const [, script = '', first, ...rest] = process.argv;
if (process.geteuid?.() !== 0) refuse('make bench needs root: it loads BPF and makes network namespaces');
if (first === '--figure') {
  const figure = figureNamed(rest.join(' '));
  if (figure === undefined) refuse(`no figure is named '${rest.join(' ')}'`);
  await measureHere(figure, contextOf(figure, interruption()));
}
const figures = first === undefined ? FIGURES : figuresNamed([first, ...rest]);
if (figures.length === 0)
  refuse(
    `ONLY names no figure: there are ${FIGURES.flatMap(({ name, results }) => results ?? [name]).join(', ')}`,
  );
await measureAll(figures, script);
