import t from 'tap';
import { COMPILER_MUTANTS } from '../../mutants/compiler/mutants.ts';
import { runMutant } from '../../mutants/compiler/run-mutant.ts';

/** Few: `make mutants` plays more. */
const WORLDS = 40;

t.test('nothing is noticed in the product as it is', async t => {
  t.strictSame(await runMutant(undefined, WORLDS), {});
});

for (const mutant of COMPILER_MUTANTS)
  t.test(`it is noticed if ${mutant.fault}`, async t => {
    const { cases, worlds } = await runMutant(mutant, WORLDS);
    t.ok(cases ?? worlds, 'by the public cases or by random worlds');
  });
