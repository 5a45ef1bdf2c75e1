import { readFileSync } from 'node:fs';
import t from 'tap';
import { machineFacts, machineLimits, machineText } from '../../bench/machine-facts.ts';
import { withFigures } from '../../bench/performance-page.ts';
import { PERFORMANCE_PAGE } from '../../bench/plots.ts';
import { paired, pairOf, plain } from '../../bench/results.ts';

const MACHINE = { ...machineFacts(), limits: ['It cannot show everything.'] };
const RESULTS = [
  paired({ name: 'a_ratio', unit: 'Gbit/s', note: 'ours : theirs', aim: { atLeast: 3 } }, [pairOf(4, 2)]),
  plain({ name: 'a_time', unit: 'ms', note: 'from | to' }, [7]),
];

t.test('figures come between the markers, and what is around them stays', t => {
  const page = readFileSync(PERFORMANCE_PAGE, 'utf8');
  const written = withFigures(page, RESULTS, MACHINE);
  t.match(written, '| `a_ratio` | 4 | 2 | Gbit/s | **2** | 2–2 | ≥ 3 MISSED | ours : theirs |');
  t.match(written, '| `a_time` | **7** | ms | 7–7 |  | from \\| to |');
  t.match(written, machineText(MACHINE));
  for (const limit of machineLimits(MACHINE)) t.match(written, limit);
  t.equal(withFigures(written, RESULTS, MACHINE), written, 'again: nothing changes');
  const begin = page.indexOf('<!-- figures: begin');
  t.equal(written.slice(0, begin), page.slice(0, begin));
  t.end();
});

t.test('a page without markers is refused', t => {
  t.throws(() => withFigures('# Performance\n', RESULTS, MACHINE), /no markers/);
  t.end();
});
