// Readiness is evaluated whatever happens: what cannot be read makes a node not ready, and ends nothing.
import { parseCidr } from 'ip';
import t from 'tap';
import { Health } from '../../../loader/agent/health.ts';
import type { Evidence } from '../../../loader/agent/conditions.ts';

const CIDR = parseCidr('10.1.0.0/24');
const WELL: Evidence = {
  nodeName: 'a',
  source: { isKnown: true, silence: undefined },
  ...{ podCidrs: [CIDR], effectiveCidrs: [CIDR], exhaustedCidrs: [] },
  ...{ stateDirectory: undefined, socket: undefined, policy: undefined, fullMap: undefined },
  ...{ failing: new Map(), waiting: undefined },
};

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
