import t from 'tap';
import { fateOf, isFailure, resultLine, summary, type Result } from '../../mutants/result.ts';

function result(noticedBy: string | undefined, explanation: object = {}): Result {
  return {
    mutant: { name: 'broken', fault: 'it is broken', edits: [], ...explanation },
    ...{ noticedBy, seconds: 2.34 },
  };
}

const noticed = result('a test');
const survived = result(undefined);
const equivalent = result(undefined, { equivalent: 'nobody can see it' });
const hidden = result(undefined, { hiddenBy: 'D1' });
const wrong = result('a test', { equivalent: 'nobody can see it' });
const unplayable = {
  ...result(undefined, { equivalent: 'nobody can see it' }),
  unplayable: 'it does not compile',
};
const all = [noticed, survived, equivalent, hidden, wrong, unplayable];

t.test('a mutant is noticed, or explained, or a failure', t => {
  t.strictSame(all.map(fateOf), ['noticed', 'SURVIVED', 'equivalent', 'hidden', 'NOTICED', 'UNPLAYABLE']);
  t.strictSame(
    all.map(each => isFailure(fateOf(each))),
    [false, true, false, false, true, true],
  );
  t.end();
});

t.test('its line says by whom, else what is wrong or why not', t => {
  t.match(resultLine(noticed), /^noticed +broken +2\.3 s {2}a test$/);
  t.match(resultLine(survived), /^SURVIVED +broken +2\.3 s {2}it is broken$/);
  t.match(resultLine(equivalent), /^equivalent .* nobody can see it$/);
  t.match(resultLine(hidden), /^hidden .* D1$/);
  t.match(resultLine(wrong), /^NOTICED .* a test, but its entry says why it cannot be/);
  t.match(resultLine(unplayable), /^UNPLAYABLE broken .* it does not compile$/);
  t.end();
});

t.test('the last line counts them', t => {
  t.equal(
    summary(all),
    'mutants 6: 2 noticed, 1 equivalent, 1 hidden by a known fault, 1 survived, 1 could not be played',
  );
  t.end();
});
