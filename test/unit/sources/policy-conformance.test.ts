import { readFileSync } from 'node:fs';
import t from 'tap';
import { policyKey } from '../../../loader/model/policies.ts';
import { readPolicyObject } from '../../../loader/sources/applied/read-policy.ts';

interface Case {
  readonly name: string;
  readonly policies: readonly { readonly kind: string; readonly metadata: Record<string, string> }[];
}

for (const file of ['public', 'extra_public', 'own_node_public', 'cnp_public'])
  t.test(`every policy of ${file}.json is read`, t => {
    const content: unknown = JSON.parse(readFileSync(`test/conformance/cases/${file}.json`, 'utf8'));
    const cases = (
      Array.isArray(content) ? content : (content as { cases: unknown }).cases
    ) as readonly Case[];
    for (const { name, policies } of cases)
      for (const given of policies) {
        const { policy, problems } = readPolicyObject(given);
        const { namespace, name: called } = given.metadata;
        t.equal(
          policyKey(policy),
          [given.kind, [namespace, called].filter(Boolean).join('/')].join(' '),
          name,
        );
        t.equal(problems.length > 0, name.startsWith('unknown-peer'), problems.join('; '));
      }
    t.end();
  });
