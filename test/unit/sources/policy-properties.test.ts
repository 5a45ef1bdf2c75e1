import fc from 'fast-check';
import t from 'tap';
import { HeddleError } from '../../../loader/errors.ts';
import {
  readPolicyObject,
  readPolicyText,
  readStoredPolicy,
} from '../../../loader/sources/applied/read-policy.ts';

const text = fc.constantFrom(
  'a',
  'Admin',
  'Accept',
  'Ingress',
  'TCP',
  '10.0.0.0/8',
  '::/0',
  'In',
  '__proto__',
  '',
);
const leaf = fc.oneof(text, fc.jsonValue({ maxDepth: 1 }), fc.integer(), fc.constant(null));
const { any } = fc.letrec<{ any: unknown }>(tie => ({
  any: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    leaf,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'podSelector',
          'namespaceSelector',
          'ipBlock',
          'cidr',
          'except',
          'matchLabels',
          'matchExpressions',
        ],
        ...[
          'key',
          'operator',
          'values',
          'from',
          'to',
          'ports',
          'port',
          'endPort',
          'protocol',
          'protocols',
          'tcp',
        ],
        ...['destinationPort', 'number', 'range', 'namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
        ...['action', 'name', '__proto__', 'constructor'],
      ),
      tie('any'),
      { maxKeys: 4 },
    ),
  ),
}));
const rules = fc.oneof(fc.array(any, { maxLength: 2 }), any);
const object = fc.oneof(
  fc.record({
    apiVersion: fc.constant('networking.k8s.io/v1'),
    kind: fc.constant('NetworkPolicy'),
    metadata: fc.record({ name: text, namespace: text }, { requiredKeys: [] }),
    spec: fc.record(
      { podSelector: any, policyTypes: any, ingress: rules, egress: rules },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    apiVersion: fc.constant('policy.networking.k8s.io/v1alpha2'),
    kind: fc.constant('ClusterNetworkPolicy'),
    metadata: fc.constant({ name: 'p' }),
    spec: fc.record({
      tier: fc.constant('Admin'),
      priority: fc.constant(1),
      subject: fc.oneof(fc.constant({ namespaces: {} }), any),
      ingress: rules,
      egress: rules,
    }),
  }),
);

/** What reading throws; nothing when the object is a policy. */
function thrown(read: () => unknown): unknown {
  try {
    read();
    return undefined;
  } catch (error) {
    return error;
  }
}

t.test('whatever is given is a policy, or refused with one sentence', t => {
  fc.assert(
    fc.property(object, value => {
      const text = JSON.stringify(value);
      // As every source has it: JSON knows no objects without a prototype.
      const readers = [readPolicyObject, readStoredPolicy].map(read => () => read(JSON.parse(text)));
      for (const read of [...readers, () => readPolicyText(text)]) {
        const error = thrown(read);
        if (error === undefined || (error instanceof HeddleError && !error.message.includes('\n'))) continue;
        throw new Error('reading threw something else', { cause: error });
      }
    }),
    { numRuns: 1_000 },
  );
  t.pass('whatever it is');
  t.end();
});
