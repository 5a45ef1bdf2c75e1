import t from 'tap';
import { readCaseFile } from '../../conformance/case-file.ts';
import { PUBLIC_CASES } from '../../conformance/public-cases.ts';
import { evaluate, evaluationText } from '../../support/policy/reference/evaluate.ts';
import { queryText, type Case, type Row } from '../../support/policy/world.ts';

/** What is wrong about a row, in words. */
function disagreement(each: Case, row: Row): string[] {
  const evaluation = evaluate(each, row);
  if (evaluation.allowed === row.allowed) return [];
  return [`${each.name}: ${queryText(row)}: expected ${row.allowed}: ${evaluationText(evaluation)}`];
}

for (const path of PUBLIC_CASES)
  t.test(`the reference evaluator agrees with every row of ${path}`, t => {
    const { cases } = readCaseFile(path);
    const wrong = cases.flatMap(each => each.expect.flatMap(row => disagreement(each, row)));
    t.strictSame(wrong.slice(0, 20), []);
    t.end();
  });
