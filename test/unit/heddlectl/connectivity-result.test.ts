// The lines of the connectivity test: one a path, its failures below it, and how it went as a whole.
import t from 'tap';
import { isPassed, resultLines, summaryLine } from '../../../cmd/heddlectl/connectivity/result-text.ts';

const failures = Array.from({ length: 12 }, (_, i) => `a → 10.0.0.${i} tcp: no answer`);

t.test('a path that works, one that does not, and one that the cluster has no hosts for', t => {
  t.strictSame(resultLines({ path: 'pod to Service', attempts: 24, failures: [] }), [
    'ok    pod to Service                24 of 24',
  ]);
  t.strictSame(resultLines({ path: 'policy: ingress from one pod', attempts: 24, failures }), [
    'FAIL  policy: ingress from one pod  12 of 24',
    ...failures.slice(0, 10).map(failure => `        ${failure}`),
    '        and 2 more: -j lists them',
  ]);
  t.strictSame(resultLines({ path: 'pod to outside', attempts: 0, failures: [] }), [
    '-     pod to outside                nothing to ask',
  ]);
  t.end();
});

t.test('the last line', t => {
  const works = { path: 'a', attempts: 3, failures: [] };
  const fails = { path: 'b', attempts: 3, failures: ['x'] };
  const absent = { path: 'c', attempts: 0, failures: [] };
  t.equal(summaryLine([works, absent]), 'the path works');
  t.equal(summaryLine([works, works]), 'all 2 paths work');
  t.equal(summaryLine([works, fails, absent]), '1 of 2 paths fail');
  t.match(summaryLine([absent]), /^nothing was asked/);
  t.strictSame(
    [[works, absent], [works, fails], [absent], []].map(results => isPassed(results)),
    [true, false, false, false],
  );
  t.end();
});
