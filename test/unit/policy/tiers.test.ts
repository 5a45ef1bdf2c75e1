import t from 'tap';
import type { Policy } from '../../../loader/model/policies.ts';
import {
  answersOf,
  ask,
  clusterPolicy,
  compilerOf,
  every,
  labelled,
  named,
  network,
  networkPolicy,
  pod,
  pods,
  ports,
  rule,
  subject,
  unknown,
} from './world.ts';

const web = pod('web', '10.0.1.1', { labels: { app: 'web' } });
const db = pod('db', '10.0.1.2', { labels: { app: 'db' } });

interface TierCase {
  readonly title: string;
  readonly policies: readonly Policy[];
  readonly answers: Readonly<Record<string, string>>;
}

const cases: readonly TierCase[] = [
  { title: 'no policy: open', policies: [], answers: { 'egress 10.0.1.1 80/TCP': 'allow: open' } },
  {
    title: 'a policy without anything to say in a direction leaves it open',
    policies: [networkPolicy('p', { ingress: [] }), clusterPolicy('c', {})],
    answers: { 'egress 10.0.1.1 80/TCP': 'allow: open', 'ingress 10.0.1.1 80/TCP': 'deny: p isolates' },
  },
  {
    title: 'all that some NetworkPolicy admits passes, the rest is denied by the first that isolates',
    policies: [
      networkPolicy('b', { egress: [rule('Accept', [pods({ app: 'web' })], [ports('TCP', 80)])] }),
      networkPolicy('a', { egress: [rule('Accept', [pods({ app: 'db' })])] }),
    ],
    answers: {
      'egress 10.0.1.1 80/TCP': 'allow: b[0]',
      'egress 10.0.1.1 81/TCP': 'deny: a isolates',
      'egress 10.0.1.1 80/UDP': 'deny: a isolates',
      'egress 10.0.1.2 81/UDP': 'allow: a[0]',
      'egress 10.0.1.2 ICMP': 'allow: a[0]',
      'egress 192.0.2.1 80/TCP': 'deny: a isolates',
    },
  },
  {
    title: "peers of one rule do not go with another's ports",
    policies: [
      networkPolicy('p', {
        egress: [
          rule('Accept', [pods({ app: 'web' })], [ports('TCP', 80)]),
          rule('Accept', [pods({ app: 'db' })], [ports('TCP', 5432)]),
        ],
      }),
    ],
    answers: {
      'egress 10.0.1.1 80/TCP': 'allow: p[0]',
      'egress 10.0.1.1 5432/TCP': 'deny: p isolates',
      'egress 10.0.1.2 5432/TCP': 'allow: p[1]',
      'egress 10.0.1.2 80/TCP': 'deny: p isolates',
    },
  },
  {
    title: 'Admin: lower priority first, then name, then the order of rules',
    policies: [
      clusterPolicy('late', { priority: 2, egress: [rule('Deny', [pods({}, every)])] }),
      clusterPolicy('b', { priority: 1, egress: [rule('Deny', [pods({ app: 'web' })])] }),
      clusterPolicy('a', {
        priority: 1,
        egress: [
          rule('Accept', [pods({ app: 'web' })], [ports('TCP', 80, 90)]),
          rule('Deny', [pods({ app: 'web' })], [ports('TCP', 85, 95)]),
        ],
      }),
    ],
    answers: {
      'egress 10.0.1.1 85/TCP': 'allow: a[0]',
      'egress 10.0.1.1 95/TCP': 'deny: a[1]',
      'egress 10.0.1.1 96/TCP': 'deny: b[0]',
      'egress 10.0.1.2 96/TCP': 'deny: late[0]',
      'egress 192.0.2.1 96/TCP': 'allow: default',
    },
  },
  {
    title: 'Pass leaves the whole tier, not only the policy',
    policies: [
      clusterPolicy('a', { priority: 1, ingress: [rule('Pass', [pods({ app: 'web' })])] }),
      clusterPolicy('b', { priority: 2, ingress: [rule('Deny', [pods({}, every)])] }),
      clusterPolicy('base', { tier: 'Baseline', ingress: [rule('Deny', [pods({ app: 'web' })])] }),
    ],
    answers: { 'ingress 10.0.1.1 80/TCP': 'deny: base[0]', 'ingress 10.0.1.2 80/TCP': 'deny: b[0]' },
  },
  {
    title: 'Baseline is not asked about a pod that a NetworkPolicy isolates',
    policies: [
      networkPolicy('p', { ingress: [] }),
      clusterPolicy('base', { tier: 'Baseline', ingress: [rule('Accept', [pods({}, every)])] }),
    ],
    answers: { 'ingress 10.0.1.1 80/TCP': 'deny: p isolates' },
  },
  {
    title: 'isolation in one direction leaves the other to Baseline',
    policies: [
      networkPolicy('p', { ingress: [] }),
      clusterPolicy('base', { tier: 'Baseline', egress: [rule('Deny', [pods({}, every)])] }),
    ],
    answers: { 'egress 10.0.1.1 80/TCP': 'deny: base[0]', 'egress 192.0.2.1 80/TCP': 'allow: default' },
  },
  {
    title: 'an unknown peer: Deny holds for everybody, Accept and Pass for nobody',
    policies: [
      clusterPolicy('accept', { priority: 1, egress: [rule('Accept', [unknown]), rule('Pass', [unknown])] }),
      clusterPolicy('deny', { priority: 2, egress: [rule('Deny', [unknown, pods({ app: 'web' })])] }),
    ],
    answers: {
      'egress 10.0.1.1 80/TCP': 'deny: deny[0]',
      'egress 10.0.1.2 ICMP': 'deny: deny[0]',
      'egress 192.0.2.1 80/TCP': 'deny: deny[0]',
      'egress 2001:db8::1 80/TCP': 'deny: deny[0]',
    },
  },
  {
    title: 'an unknown peer beside a known one: Accept holds for the known one alone',
    policies: [networkPolicy('p', { egress: [rule('Accept', [unknown, pods({ app: 'web' })])] })],
    answers: { 'egress 10.0.1.1 80/TCP': 'allow: p[0]', 'egress 10.0.1.2 80/TCP': 'deny: p isolates' },
  },
  {
    title: 'an unknown port: Deny holds for all of them, Accept for none',
    policies: [
      clusterPolicy('a', { priority: 1, egress: [rule('Accept', [pods({})], [unknown, ports('TCP', 80)])] }),
      clusterPolicy('b', { priority: 2, egress: [rule('Deny', [pods({ app: 'web' })], [unknown])] }),
    ],
    answers: {
      'egress 10.0.1.1 80/TCP': 'allow: a[0]',
      'egress 10.0.1.1 81/TCP': 'deny: b[0]',
      'egress 10.0.1.1 ICMP': 'deny: b[0]',
      'egress 10.0.1.2 81/TCP': 'allow: default',
    },
  },
  {
    title: 'a rule without peers or without ports holds for nobody',
    policies: [networkPolicy('p', { egress: [rule('Accept', []), rule('Accept', 'all', [])] })],
    answers: { 'egress 10.0.1.1 80/TCP': 'deny: p isolates', 'egress 192.0.2.1 ICMP': 'deny: p isolates' },
  },
  {
    title: 'everybody is pods, outside and both families',
    policies: [networkPolicy('p', { egress: [rule('Accept', 'all', [ports('UDP', 53)])] })],
    answers: {
      'egress 10.0.1.1 53/UDP': 'allow: p[0]',
      'egress 192.0.2.1 53/UDP': 'allow: p[0]',
      'egress 2001:db8::1 53/UDP': 'allow: p[0]',
      'egress 192.0.2.1 53/TCP': 'deny: p isolates',
    },
  },
];

for (const { title, policies, answers } of cases)
  t.test(title, t => {
    const compiler = compilerOf({ pods: [web, db], policies });
    t.strictSame(answersOf(compiler, answers), answers);
    t.end();
  });

t.test('a policy is for those whom its subject selects', t => {
  const chosen = { namespaces: { name: 'x' }, pods: labelled({ app: 'web' }) };
  const compiler = compilerOf({
    subjects: [subject({ app: 'web' }), subject({ app: 'db' })],
    policies: [networkPolicy('p', { subject: chosen, ingress: [] })],
  });
  t.equal(ask(compiler, 'ingress 192.0.2.1 80/TCP', 1), 'deny: p isolates');
  t.equal(ask(compiler, 'ingress 192.0.2.1 80/TCP', 2), 'allow: open');
  t.equal(ask(compiler, 'ingress 192.0.2.1 80/TCP', 3), 'deny: open', 'a pod that is not there yet');
  t.end();
});

t.test('egress: a named port is what the peer calls so, ingress: what the pod itself does', t => {
  const http = { name: 'http', number: 8080, protocol: 'TCP' } as const;
  const dual = [http, { name: 'http', number: 8081, protocol: 'UDP' } as const];
  const compiler = compilerOf({
    subjects: [subject({}, [{ ...http, number: 9090 }])],
    pods: [pod('a', '10.0.1.1', { ports: dual }), pod('b', '10.0.1.2')],
    policies: [
      networkPolicy('p', {
        egress: [rule('Accept', 'all', [named('http', 'TCP')])],
        ingress: [rule('Accept', 'all', [named('http', 'TCP')])],
      }),
    ],
  });
  const answers = {
    'egress 10.0.1.1 8080/TCP': 'allow: p[0]',
    'egress 10.0.1.1 8081/UDP': 'deny: p isolates',
    'egress 10.0.1.1 9090/TCP': 'deny: p isolates',
    'egress 10.0.1.2 8080/TCP': 'deny: p isolates',
    'egress 192.0.2.1 8080/TCP': 'deny: p isolates',
    'ingress 192.0.2.1 9090/TCP': 'allow: p[0]',
    'ingress 10.0.1.1 8080/TCP': 'deny: p isolates',
  };
  t.strictSame(answersOf(compiler, answers), answers);
  t.end();
});

t.test('without a protocol a named port is of any', t => {
  const dual = [
    { name: 'dns', number: 53, protocol: 'TCP' },
    { name: 'dns', number: 5353, protocol: 'UDP' },
  ] as const;
  const compiler = compilerOf({
    pods: [pod('a', '10.0.1.1', { ports: dual })],
    policies: [clusterPolicy('c', { egress: [rule('Deny', [pods({})], [named('dns')])] })],
  });
  t.equal(ask(compiler, 'egress 10.0.1.1 53/TCP'), 'deny: c[0]');
  t.equal(ask(compiler, 'egress 10.0.1.1 5353/UDP'), 'deny: c[0]');
  t.equal(ask(compiler, 'egress 10.0.1.1 53/UDP'), 'allow: default');
  t.end();
});

t.test(
  'a Deny for every pod is marked: of the Admin tier, of ingress, by a subject without conditions',
  t => {
    const deny = [rule('Deny', [network('192.0.2.0/24')])];
    const marks = (policy: Policy): boolean[] =>
      [...compilerOf({ policies: [policy] }).compiled.ruleSets.values()].flat().map(row => row.everyPod);
    t.ok(marks(clusterPolicy('c', { ingress: deny })).includes(true));
    t.notOk(marks(clusterPolicy('c', { egress: deny })).includes(true));
    t.notOk(marks(clusterPolicy('c', { tier: 'Baseline', ingress: deny })).includes(true));
    t.notOk(
      marks(clusterPolicy('c', { ingress: [rule('Accept', [network('192.0.2.0/24')])] })).includes(true),
    );
    const some = { namespaces: { name: 'x' }, pods: every };
    t.notOk(marks(clusterPolicy('c', { subject: some, ingress: deny })).includes(true));
    t.end();
  },
);
