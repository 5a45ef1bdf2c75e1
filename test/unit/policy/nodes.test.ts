import { parseAddr } from 'ip';
import t from 'tap';
import { identityOf } from '../../support/policy/lookup.ts';
import {
  answersOf,
  ask,
  clusterPolicy,
  compilerOf,
  every,
  network,
  networkPolicy,
  node,
  nodes,
  OWN,
  pods,
  ports,
  rule,
  unknown,
} from './world.ts';

t.test('a node is itself by whatever address: by labels, and by networks around any of them', t => {
  const compiler = compilerOf({
    nodes: [node('a', '192.0.2.1 2001:db8::1 10.9.0.1', { zone: 'z' }), node('b', '192.0.2.2')],
    policies: [
      networkPolicy('p', {
        egress: [
          rule('Accept', [nodes({ zone: 'z' })], [ports('TCP', 1)]),
          rule('Accept', [network('10.9.0.0/16')], [ports('TCP', 2)]),
          rule('Accept', [pods({}, every)], [ports('TCP', 3)]),
        ],
      }),
    ],
  });
  const expected = {
    'egress 192.0.2.1 1/TCP': 'allow: p[0]',
    'egress 2001:db8::1 1/TCP': 'allow: p[0]',
    'egress 192.0.2.1 2/TCP': 'allow: p[1]',
    'egress 2001:db8::1 2/TCP': 'allow: p[1]',
    'egress 192.0.2.1 3/TCP': 'deny: p isolates',
    'egress 192.0.2.2 1/TCP': 'deny: p isolates',
    'egress 192.0.2.2 2/TCP': 'deny: p isolates',
  };
  t.strictSame(answersOf(compiler, expected), expected);
  t.equal(
    new Set(['192.0.2.1', '2001:db8::1', '10.9.0.1'].map(a => identityOf(compiler.compiled, parseAddr(a))))
      .size,
    1,
  );
  t.end();
});

t.test(
  'the own node: no NetworkPolicy comes between, a ClusterNetworkPolicy only if it means nodes or networks',
  t => {
    const here = node(OWN, '192.0.2.1', { zone: 'z' });
    const cases = [
      ['isolated', networkPolicy('p', { egress: [], ingress: [] }), 'allow: default'],
      ['all pods', clusterPolicy('c', { egress: [rule('Deny', [pods({}, every)])] }), 'allow: default'],
      ['everybody', clusterPolicy('c', { egress: [rule('Deny', 'all')] }), 'allow: default'],
      ['its labels', clusterPolicy('c', { egress: [rule('Deny', [nodes({ zone: 'z' })])] }), 'deny: c[0]'],
      [
        'its address',
        clusterPolicy('c', { egress: [rule('Deny', [network('192.0.2.0/24')])] }),
        'deny: c[0]',
      ],
      ['unknown', clusterPolicy('c', { egress: [rule('Deny', [unknown])] }), 'deny: c[0]'],
      [
        'Baseline',
        clusterPolicy('c', { tier: 'Baseline', egress: [rule('Deny', [nodes({})])] }),
        'deny: c[0]',
      ],
    ] as const;
    for (const [title, policy, answer] of cases) {
      const compiler = compilerOf({ nodes: [here, node('b', '192.0.2.2')], policies: [policy] });
      t.equal(ask(compiler, 'egress 192.0.2.1 80/TCP'), answer, title);
    }
    t.end();
  },
);

t.test('the own node under isolation is still asked about Baseline', t => {
  const policies = [
    networkPolicy('p', { egress: [], ingress: [] }),
    clusterPolicy('c', { tier: 'Baseline', egress: [rule('Deny', [nodes({})], [ports('TCP', 22)])] }),
  ];
  const compiler = compilerOf({ nodes: [node(OWN, '192.0.2.1'), node('b', '192.0.2.2')], policies });
  t.equal(ask(compiler, 'egress 192.0.2.1 22/TCP'), 'deny: c[0]');
  t.equal(ask(compiler, 'egress 192.0.2.1 80/TCP'), 'allow: default');
  t.equal(ask(compiler, 'egress 192.0.2.2 80/TCP'), 'deny: p isolates');
  t.equal(ask(compiler, 'ingress 192.0.2.1 80/TCP'), 'allow: default');
  t.end();
});
