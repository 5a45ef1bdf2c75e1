import '../../support/bpf/own-netns.ts';
import t from 'tap';
import { bpfLevel } from '../../conformance/bpf/level.ts';
import { readCaseFile } from '../../conformance/case-file.ts';
import { mismatchText, playCases } from '../../conformance/play.ts';
import { PUBLIC_CASES } from '../../conformance/public-cases.ts';

const level = bpfLevel();

for (const path of PUBLIC_CASES)
  t.test(`packets through the loaded programs pass ${path}, in order and from scratch`, async t => {
    const { cases } = readCaseFile(path);
    const { rows, mismatches } = await playCases(cases, level, () => undefined);
    t.strictSame(mismatches.slice(0, 10).map(mismatchText), []);
    t.ok(rows >= cases.reduce((sum, each) => sum + each.expect.length, 0), `${rows} rows`);
  });
