// The measured rules are as many as they are said to be, and the two forms of them are the same rules.
import t from 'tap';
import { policyManifests, policyRules, prefixesIn } from '../../bench/policy/manifests.ts';
import { policiesWithRules } from '../../bench/policy/rules.ts';

t.test('so many rules, half of them egress', t => {
  for (const count of [0, 10, 1_000]) {
    const policies = [...policiesWithRules(count).values()];
    const egress = policies.reduce((sum, policy) => sum + policy.egress.length, 0);
    const ingress = policies.reduce((sum, policy) => sum + policy.ingress.length, 0);
    t.strictSame([egress, ingress], [count / 2, count / 2]);
  }
  t.end();
});

t.test('in manifests as well, and one of each direction admits what is measured', t => {
  const shape = { rules: 2_000, rulesPerPolicy: 2, admittingPolicy: 500 };
  const policies = policyRules(shape);
  t.equal(policies.length, 1_000);
  t.equal(policyManifests(shape).length, 1_000);
  for (const direction of ['egress', 'ingress'] as const) {
    const admitting = policies.flatMap(policy => policy[direction]).filter(rule => rule.first === 7_000);
    t.strictSame(admitting, [{ peer: 'pods', first: 7_000, last: 7_000 }]);
  }
  t.equal(prefixesIn(shape), 1_000, 'every second rule has a prefix of its own');
  t.equal(prefixesIn({ rules: 100_000, rulesPerPolicy: 100, admittingPolicy: 500 }), 50_000);
  t.end();
});
