import t from 'tap';
import { readCaseFile } from '../../conformance/case-file.ts';
import { compilerLevel } from '../../conformance/compiler-level.ts';
import { mismatchText, playCases } from '../../conformance/play.ts';
import { PUBLIC_CASES } from '../../conformance/public-cases.ts';

for (const path of PUBLIC_CASES)
  t.test(`the compiled tables pass ${path}, in order and from scratch`, async t => {
    const { cases } = readCaseFile(path);
    const { rows, mismatches } = await playCases(cases, compilerLevel, () => undefined);
    t.strictSame(mismatches.slice(0, 10).map(mismatchText), []);
    t.ok(rows >= cases.reduce((sum, each) => sum + each.expect.length, 0), `${rows} rows`);
  });
