// Readiness is evaluated whatever happens: what cannot be read makes a node not ready, and ends nothing.
import t from 'tap';
import { Health } from '../../../loader/agent/health.ts';
import { WELL } from './well.ts';

t.test('evidence that cannot be read is a condition of its own, until it can', t => {
  const seen: (readonly string[])[] = [];
  let broken = true;
  using health = new Health({
    evidence: () => {
      if (broken) throw new TypeError('rows is undefined');
      return WELL;
    },
    onEvaluation: unmet => seen.push(unmet.map(({ name }) => name)),
    onChange: () => undefined,
  });
  t.match(health.evaluate(), [{ name: 'evaluation', reason: /rows is undefined/ }]);
  broken = false;
  t.strictSame(health.evaluate(), []);
  t.equal(seen.length, 2);
  t.end();
});
