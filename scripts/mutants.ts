// make mutants: breaks the policy compiler in every way of test/conformance/mutants.ts; the suite must notice each.
import { MUTANTS } from '../test/conformance/mutants.ts';
import { runMutant, type Outcome } from '../test/conformance/run-mutant.ts';

/** As many as show every fault with room to spare. */
const WORLDS = 1_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function firstLines(text: string | undefined): string {
  return text === undefined ? 'nothing noticed' : text.split('\n').slice(0, 3).join('\n    ');
}

function report(fault: string, { cases, worlds }: Outcome): boolean {
  const isNoticed = cases !== undefined || worlds !== undefined;
  print(`${isNoticed ? 'noticed ' : 'MISSED  '} ${fault}`);
  print(`  cases: ${firstLines(cases)}`);
  print(`  random worlds: ${firstLines(worlds)}`);
  return isNoticed;
}

const whole = await runMutant(undefined, WORLDS);
if (whole.cases !== undefined || whole.worlds !== undefined) {
  print('the product as it is fails already: no fault can be told from that');
  report('the product as it is', whole);
  process.exit(1);
}
let missed = 0;
for (const mutant of MUTANTS) if (!report(mutant.fault, await runMutant(mutant, WORLDS))) missed++;
print(`mutants ${MUTANTS.length}, missed ${missed}`);
process.exit(missed === 0 ? 0 : 1);
