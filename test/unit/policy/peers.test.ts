import { parseAddr, parseCidr } from 'ip';
import t from 'tap';
import type { PolicyCompiler } from '../../../loader/policy/compiler.ts';
import {
  answersOf,
  ask,
  clusterPolicy,
  compilerOf,
  every,
  inputOf,
  network,
  networkPolicy,
  node,
  nodes,
  OWN,
  pod,
  pods,
  ports,
  rule,
  subject,
} from './world.ts';

t.test(
  'nested networks of different rules: the most specific prefix has them all, but for what is excepted',
  t => {
    const compiler = compilerOf({
      policies: [
        networkPolicy('p', {
          egress: [
            rule('Accept', [network('10.0.0.0/8', '10.1.0.0/16')], [ports('TCP', 1)]),
            rule('Accept', [network('10.1.2.0/24')], [ports('TCP', 2)]),
            rule('Accept', [network('0.0.0.0/0', '10.0.0.0/9')], [ports('TCP', 3)]),
          ],
        }),
      ],
    });
    const expected = {
      'egress 10.2.0.1 1/TCP': 'allow: p[0]',
      'egress 10.2.0.1 3/TCP': 'deny: p isolates',
      'egress 10.1.0.1 1/TCP': 'deny: p isolates',
      'egress 10.1.2.1 1/TCP': 'deny: p isolates',
      'egress 10.1.2.1 2/TCP': 'allow: p[1]',
      'egress 10.200.0.1 1/TCP': 'allow: p[0]',
      'egress 10.200.0.1 3/TCP': 'allow: p[2]',
      'egress 11.0.0.1 3/TCP': 'allow: p[2]',
      'egress 11.0.0.1 1/TCP': 'deny: p isolates',
    };
    t.strictSame(answersOf(compiler, expected), expected);
    t.end();
  },
);

t.test("a pod is in the networks around its address, each address in its own family's", t => {
  const compiler = compilerOf({
    pods: [pod('a', '10.0.1.1 fd00::9', { labels: { app: 'a' } })],
    policies: [
      networkPolicy('p', {
        egress: [
          rule('Accept', [network('10.0.0.0/8')], [ports('TCP', 1)]),
          rule('Accept', [pods({ app: 'a' })], [ports('TCP', 2)]),
          rule('Accept', [network('fd00::/16')], [ports('TCP', 3)]),
        ],
      }),
    ],
  });
  const expected = {
    'egress 10.0.1.1 1/TCP': 'allow: p[0]',
    'egress 10.0.1.1 2/TCP': 'allow: p[1]',
    'egress 10.0.1.1 3/TCP': 'deny: p isolates',
    'egress fd00::9 1/TCP': 'deny: p isolates',
    'egress fd00::9 2/TCP': 'allow: p[1]',
    'egress fd00::9 3/TCP': 'allow: p[2]',
  };
  t.strictSame(answersOf(compiler, expected), expected);
  t.end();
});

t.test('every address of one family is none of the other', t => {
  for (const [cidr, inside, outside] of [
    ['0.0.0.0/0', '192.0.2.1', '2001:db8::1'],
    ['::/0', '2001:db8::1', '192.0.2.1'],
    ['::/64', '::1:2', '192.0.2.1'],
    ['::/95', '::1', '192.0.2.1'],
  ] as const) {
    const compiler = compilerOf({
      policies: [networkPolicy('p', { egress: [rule('Accept', [network(cidr)])] })],
    });
    t.equal(ask(compiler, `egress ${inside} 80/TCP`), 'allow: p[0]', cidr);
    t.equal(ask(compiler, `egress ${outside} 80/TCP`), 'deny: p isolates', cidr);
  }
  t.end();
});

t.test("a prefix of IPv6 around IPv4 brings IPv4's own into the table, and takes it away again", t => {
  const around = networkPolicy('p', { egress: [rule('Accept', [network('::/0')])] });
  const inside = networkPolicy('q', { egress: [rule('Accept', [network('0.0.0.0/0')])] });
  const compiler = compilerOf({ policies: [around] });
  const { cidrs } = compiler.compiled;
  t.equal(cidrs.get(parseCidr('0.0.0.0/0')), 0);
  compiler.update(inputOf({ policies: [around, inside] }));
  t.ok(cidrs.get(parseCidr('0.0.0.0/0')));
  compiler.update(inputOf({ policies: [inside] }));
  t.strictSame([...cidrs.keys()], ['0.0.0.0/0']);
  compiler.update(inputOf({ policies: [around] }));
  t.equal(cidrs.get(parseCidr('0.0.0.0/0')), 0);
  compiler.update(inputOf({}));
  t.equal(cidrs.size, 0);
  t.end();
});

t.test('an exception as large as its network leaves nothing of it', t => {
  const policies = [networkPolicy('p', { egress: [rule('Accept', [network('10.0.0.0/8', '10.0.0.0/7')])] })];
  const compiler = compilerOf({ policies });
  t.equal(ask(compiler, 'egress 10.0.0.1 80/TCP'), 'deny: p isolates');
  t.equal(compiler.compiled.cidrs.size, 0);
  t.end();
});

t.test('pods are chosen by their labels and by those of their namespace', t => {
  const compiler = compilerOf({
    namespaces: { x: {}, y: { team: 'a' } },
    pods: [
      pod('a', '10.0.1.1'),
      pod('a', '10.0.1.2', { namespace: 'y' }),
      pod('a', '10.0.1.3', { namespace: 'z' }),
    ],
    policies: [
      networkPolicy('p', {
        egress: [
          rule('Accept', [pods({}, { matchLabels: { team: 'a' }, matchExpressions: [] })], [ports('TCP', 1)]),
          rule('Accept', [pods({})], [ports('TCP', 2)]),
          rule('Accept', [pods({}, every)], [ports('TCP', 3)]),
        ],
      }),
    ],
  });
  const expected = {
    'egress 10.0.1.1 1/TCP': 'deny: p isolates',
    'egress 10.0.1.1 2/TCP': 'allow: p[1]',
    'egress 10.0.1.2 1/TCP': 'allow: p[0]',
    'egress 10.0.1.2 2/TCP': 'deny: p isolates',
    'egress 10.0.1.3 3/TCP': 'allow: p[2]',
    'egress 10.0.1.3 1/TCP': 'deny: p isolates',
    'egress 10.0.1.9 3/TCP': 'deny: p isolates',
  };
  t.strictSame(answersOf(compiler, expected), expected);
  t.end();
});

t.test('pods that have ended or share their host are nobody', t => {
  const compiler = compilerOf({
    pods: [
      pod('a', '10.0.1.1', { phase: 'Succeeded' }),
      pod('b', '10.0.1.2', { phase: 'Failed' }),
      pod('c', '10.0.1.3', { hostNetwork: true }),
      pod('d', '10.0.1.4', { phase: 'Pending' }),
    ],
    policies: [networkPolicy('p', { egress: [rule('Accept', [pods({})])] })],
  });
  const allowed = [1, 2, 3, 4].filter(i => ask(compiler, `egress 10.0.1.${i} 80/TCP`).startsWith('allow'));
  t.strictSame(allowed, [4]);
  t.end();
});

t.test(
  'one address, several claims: nodes, then pods of this node, then remote ones, then those of no node',
  t => {
    const there = node('there', '192.0.2.9');
    const is = (app: string) => pods({ app });
    const policies = [
      clusterPolicy('c', {
        egress: [
          rule('Deny', [is('first')], [ports('TCP', 1)]),
          rule('Deny', [is('second')], [ports('TCP', 2)]),
          rule('Deny', [is('own')], [ports('TCP', 3)]),
          rule('Deny', [nodes({})], [ports('TCP', 4)]),
        ],
      }),
    ];
    const claims = {
      policies,
      nodes: [there],
      pods: [
        pod('b', '10.0.1.1', { labels: { app: 'second' } }),
        pod('a', '10.0.1.1', { labels: { app: 'first' } }),
        pod('0', '10.0.1.1', { nodeName: OWN, labels: { app: 'second' } }),
      ],
    };
    const denied = (compiler: PolicyCompiler): number[] =>
      [1, 2, 3, 4].filter(port => ask(compiler, `egress 10.0.1.1 ${port}/TCP`).startsWith('deny'));
    const compiler = compilerOf(claims);
    t.strictSame(denied(compiler), [1]);
    const own = { ...subject({ app: 'own' }), addresses: [parseAddr('10.0.1.1')] };
    compiler.update(inputOf({ ...claims, subjects: [own] }));
    t.strictSame(denied(compiler), [3]);
    compiler.update(inputOf({ ...claims, subjects: [own], nodes: [there, node('n', '10.0.1.1')] }));
    t.strictSame(denied(compiler), [4]);
    compiler.update(inputOf({ ...claims, subjects: [subject()] }));
    t.strictSame(denied(compiler), [1]);
    t.end();
  },
);

t.test('who is told apart by nothing has no number', t => {
  const policies = [networkPolicy('p', { egress: [rule('Accept', [pods({ app: 'a' })])] })];
  const { identities } = compilerOf({
    pods: [pod('a', '10.0.1.1', { labels: { app: 'a' } }), pod('b', '10.0.1.2')],
    policies,
  }).compiled;
  t.strictSame([...identities.keys()], ['10.0.1.1']);
  t.end();
});
