import t from 'tap';
import { MUTANTS, type Mutant } from '../../conformance/mutants.ts';
import { mutatedSources, runMutant } from '../../conformance/run-mutant.ts';

/** Few: `make mutants` plays more. */
const WORLDS = 150;

t.test('nothing is noticed in the product as it is', async t => {
  t.strictSame(await runMutant(undefined, WORLDS), {});
});

for (const mutant of MUTANTS)
  t.test(`it is noticed if ${mutant.fault}`, async t => {
    const { cases, worlds } = await runMutant(mutant, WORLDS);
    t.ok(cases ?? worlds, 'by the public cases or by random worlds');
    t.comment(
      `cases: ${cases === undefined ? 'no' : 'yes'}, random worlds: ${worlds === undefined ? 'no' : 'yes'}`,
    );
  });

t.test('a fault whose place is gone, or is there twice, is no fault', t => {
  const mutant = (find: string): Mutant => ({
    name: 'lost',
    fault: '',
    edits: [{ file: 'loader/policy/selectors.ts', find, replace: '' }],
  });
  t.throws(() => mutatedSources(mutant('no such words')), /has 'no such words' 0 times, not once/);
  t.throws(() => mutatedSources(mutant('return')), /times, not once/);
  t.end();
});
