// make mutants: breaks the policy compiler and the programs in every listed way, one at a time, and says which test
// noticed. Exit 1 if one was not noticed and is not explained.
import { availableParallelism } from 'node:os';
import { messageOf } from '../loader/errors.ts';
import { COMPILER_MUTANTS } from '../test/mutants/compiler/mutants.ts';
import { runMutant } from '../test/mutants/compiler/run-mutant.ts';
import { datapathMutants } from '../test/mutants/datapath/mutants.ts';
import { ask, Product } from '../test/mutants/datapath/notice.ts';
import { inParallel } from '../test/mutants/in-parallel.ts';
import { mutatedSources, type Mutant } from '../test/mutants/mutant.ts';
import { likelyToNotice, noteNoticed, readNoticed } from '../test/mutants/noticed.ts';
import { fateOf, isFailure, resultLine, summary, type Result } from '../test/mutants/result.ts';

type Ask = (mutant: Mutant) => Promise<string | undefined>;

/** As many as show every fault of the compiler with room to spare. */
const WORLDS = 1_000;
const WORKERS = Number(process.env['WORKERS'] ?? availableParallelism());

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run make mutants`);
  return value;
}

async function compilerAsk(): Promise<Ask> {
  const noticedBy = async (mutant: Mutant | undefined): Promise<string | undefined> => {
    const { cases, worlds } = await runMutant(mutant, WORLDS);
    const [by, words] = cases === undefined ? ['random worlds', worlds] : ['public cases', cases];
    return words === undefined ? undefined : `${by}: ${words.split('\n')[0] ?? ''}`;
  };
  const whole = await noticedBy(undefined);
  if (whole !== undefined) throw new Error(`the product as it is fails already: ${whole}`);
  return noticedBy;
}

async function datapathAsk(): Promise<Ask> {
  const tools = { compile: setting('BPF_COMPILE'), strip: setting('BPF_STRIP') };
  const product = new Product();
  await product.assertPlays();
  const all = datapathMutants();
  const names = new Set(all.map(({ name }) => name));
  return async mutant => {
    const noticed = await ask(mutant, tools, product, likelyToNotice(mutant, all, readNoticed()));
    noteNoticed(names, mutant.name, noticed?.by);
    return noticed === undefined ? undefined : [noticed.by, noticed.words ?? []].flat().join(': ');
  };
}

/** One that cannot be played keeps none of the others from it. */
async function outcomeOf(asked: Ask, mutant: Mutant): Promise<Pick<Result, 'noticedBy' | 'unplayable'>> {
  try {
    return { noticedBy: await asked(mutant) };
  } catch (error) {
    return { noticedBy: undefined, unplayable: messageOf(error) };
  }
}

async function askAll(mutants: readonly Mutant[], asked: Ask): Promise<readonly Result[]> {
  const results: Result[] = [];
  await inParallel(mutants, WORKERS, async mutant => {
    const start = Date.now();
    const outcome = await outcomeOf(asked, mutant);
    const result = { mutant, ...outcome, seconds: (Date.now() - start) / 1_000 };
    results.push(result);
    print(`${String(results.length).padStart(4)}/${mutants.length}  ${resultLine(result)}`);
  });
  return results;
}

const names = process.argv.slice(2);
const isWanted = ({ name }: Mutant): boolean => names.length === 0 || names.some(part => name.includes(part));
const compiler = COMPILER_MUTANTS.filter(isWanted);
const datapath = datapathMutants().filter(isWanted);
for (const mutant of [...compiler, ...datapath]) mutatedSources(mutant); // throws at once if a list is out of date
if (compiler.length + datapath.length === 0)
  throw new Error(`no mutant's name has '${names.join("' or '")}' in it`);
const results = [
  ...(compiler.length > 0 ? await askAll(compiler, await compilerAsk()) : []),
  ...(datapath.length > 0 ? await askAll(datapath, await datapathAsk()) : []),
];
const failures = results.filter(result => isFailure(fateOf(result)));
for (const failure of failures) print(resultLine(failure));
print(summary(results));
process.exit(failures.length === 0 ? 0 : 1);
