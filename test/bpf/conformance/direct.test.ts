import '../../support/bpf/own-netns.ts';
import t from 'tap';
import { bpfLevel } from '../../conformance/bpf/level.ts';
import { readCaseFile } from '../../conformance/case-file.ts';
import { mismatchText, playCases } from '../../conformance/play.ts';

const level = bpfLevel('never');

for (const name of ['own_node_public', 'own_node_unnamed', 'cnp_public'])
  t.test(`${name}.json passes where packets between nodes are plain, too`, async t => {
    const { cases } = readCaseFile(`test/conformance/cases/${name}.json`);
    const { mismatches } = await playCases(cases, level, () => undefined);
    t.strictSame(mismatches.slice(0, 10).map(mismatchText), []);
  });
