// The tables of a profile, and their place on the page.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { machineFacts, machineText } from '../../../bench/machine-facts.ts';
import { PERFORMANCE_PAGE } from '../../../bench/plots.ts';
import type { Breakdown } from '../../../bench/profile/breakdown.ts';
import { profileTable, withProfiles } from '../../../bench/profile/profile-page.ts';

const MACHINE = machineFacts();

function breakdown(parts: Readonly<Record<string, number>>): Breakdown {
  const all = Object.values(parts).reduce((total, value) => total + value, 0);
  return {
    ...{ parts: new Map(Object.entries(parts)), all, allOfRounds: [all + 1, all - 1] },
    ...{ elsewhere: 0.3, unknown: [] },
  };
}

const PROFILE = {
  underlay: 'offload',
  breakdowns: new Map([
    ['plain routing', breakdown({ netfilter: 0.04, 'everything else': 9, veth: 1 })],
    ['ours', breakdown({ 'our programs': 2, veth: 1.26 })],
  ]),
} as const;

t.test('what ours spends most on comes first, the rest and the sum last; next to nothing is a dash', t => {
  t.strictSame(profileTable(PROFILE), [
    '| offload | plain routing | ours |',
    '| --- | --- | --- |',
    '| our programs | – | 2.0 |',
    '| veth | 1.0 | 1.3 |',
    '| everything else | 9.0 | – |',
    '| **all** | **10.0** | **3.3** |',
    '| all, from the cheapest round to the dearest | 9.0–11.0 | 2.3–4.3 |',
    '| packets in others’ names, not in the sum | 0.3 | 0.3 |',
  ]);
  t.end();
});

t.test('tables come between the markers, and what is around them stays', t => {
  const page = readFileSync(PERFORMANCE_PAGE, 'utf8');
  const written = withProfiles(page, [PROFILE, { ...PROFILE, underlay: 'wire' }], MACHINE);
  t.match(written, machineText(MACHINE));
  for (const line of profileTable(PROFILE)) t.match(written, line);
  t.match(written, '| wire | plain routing | ours |');
  t.equal(
    withProfiles(written, [PROFILE, { ...PROFILE, underlay: 'wire' }], MACHINE),
    written,
    'again: nothing changes',
  );
  const begin = page.indexOf('<!-- profile: begin');
  t.equal(written.slice(0, begin), page.slice(0, begin));
  const end = '<!-- profile: end -->';
  t.equal(written.slice(written.indexOf(end)), page.slice(page.indexOf(end)));
  t.end();
});

t.test('a page without markers is refused', t => {
  t.throws(() => withProfiles('# Performance\n', [PROFILE], MACHINE), /no markers/);
  t.end();
});
