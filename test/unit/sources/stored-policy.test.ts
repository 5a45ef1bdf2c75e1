// What a policy comes to that somebody has stored and that cannot be read in part: it isolates, and admits what is certain.
import t from 'tap';
import { parse } from 'yaml';
import { readObject } from '../../../loader/sources/objects/read-object.ts';
import { readStoredPolicy } from '../../../loader/sources/applied/read-policy.ts';
import { networkPolicy } from './policy-object.ts';

const unknown = { kind: 'unknown' };
const tcp = (first: number, last = first) => ({ kind: 'range', protocol: 'TCP', first, last });
const stored = (spec: string) => readStoredPolicy(networkPolicy(spec));
const everything = { matchLabels: {}, matchExpressions: [] };

function problemsOf(value: unknown): readonly string[] {
  const read = readObject(value);
  return 'problem' in read ? [read.problem.sentence] : read.problems.map(({ sentence }) => sentence);
}

/** Beside a good peer: the good one counts, the odd one admits no peer, and is reported. */
const oddPeers = [
  '{}',
  'null',
  'x',
  '{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}',
  '{ipBlock: {}}',
  '{ipBlock: {cidr: 10.0.0.0}}',
  '{ipBlock: {cidr: 10.0.0.0/33}}',
  '{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0]}}',
  '{ipBlock: {cidr: 10.0.0.0/8, except: 10.1.0.0/16}}',
  '{ipBlock: {cidr: 10.0.0.0/8, excluding: [10.1.0.0/16]}}',
  '{podSelector: {}, serviceAccountSelector: {}}',
  '{podSelector: {matchlabels: {a: b}}}',
  '{podSelector: {matchLabels: {a: {}}}}',
  '{podSelector: {matchExpressions: [{key: a, operator: Gt, values: ["1"]}]}}',
  '{podSelector: {matchExpressions: [{key: a, operator: In}]}}',
  '{podSelector: {matchExpressions: [{operator: Exists}]}}',
  '{namespaceSelector: {matchExpressions: {}}}',
];
for (const peer of oddPeers)
  t.test(`the peer ${peer} admits no peer, and the one beside it counts`, t => {
    const spec = `ingress: [{from: [${peer}, {ipBlock: {cidr: 192.0.2.0/24}}], ports: [{port: 80}]}]`;
    t.match(stored(spec), {
      isolates: ['ingress'],
      subject: { pods: everything },
      ingress: [{ peers: [unknown, { kind: 'network', cidr: '192.0.2.0/24' }], ports: [tcp(80)] }],
    });
    t.match(problemsOf(networkPolicy(spec)), [/: this entry of from admits no peer$/]);
    t.strictSame(stored(`egress: [{to: [${peer}]}]`).egress[0]?.peers, [unknown], 'nor is none everybody');
    t.end();
  });

const oddPorts = [
  'null',
  '80',
  '{port: 0}',
  '{port: 65536}',
  '{port: 8.5}',
  '{port: ""}',
  '{port: 80, protocol: tcp}',
  '{port: 80, protocol: ICMP}',
  '{port: 80, endPort: 79}',
  '{port: http, endPort: 80}',
  '{endPort: 80}',
  '{port: 80, endPort: x}',
  '{port: 80, sourcePort: 1}',
];
for (const port of oddPorts)
  t.test(`the port ${port} admits nothing, and the one beside it counts`, t => {
    t.match(stored(`ingress: [{ports: [${port}, {port: 443}]}]`).ingress, [
      { peers: 'all', ports: [unknown, tcp(443)] },
    ]);
    t.strictSame(
      stored(`ingress: [{ports: [${port}]}]`).ingress[0]?.ports,
      [unknown],
      'nor is none everything',
    );
    t.match(problemsOf(networkPolicy(`ingress: [{ports: [${port}]}]`)), [
      /: this entry of ports admits no peer$/,
    ]);
    t.end();
  });

t.test('a rule or a list that cannot be read admits no peer, and the other rules count', t => {
  for (const rule of ['{form: [{podSelector: {}}]}', '{to: []}', 'null', 'x', '{from: [], comment: y}'])
    t.match(stored(`ingress: [${rule}, {ports: [{port: 80}]}]`).ingress, [
      { peers: [unknown] },
      { peers: 'all', ports: [tcp(80)] },
    ]);
  for (const rule of ['{from: {}}', '{from: x}'])
    t.match(stored(`ingress: [${rule}]`).ingress, [{ peers: [unknown] }]);
  t.match(stored('ingress: [{ports: 80}]').ingress, [{ ports: [unknown] }]);
  t.match(stored('ingress: {}').ingress, [{ peers: [unknown] }]);
  t.match(stored('egress: {}'), { isolates: ['egress', 'ingress'], egress: [{ peers: [unknown] }] });
  t.end();
});

/** Never less isolation than somebody may have meant. */
const isolation: Readonly<Record<string, string>> = {
  'policyTypes: [ingress]': 'egress,ingress',
  'policyTypes: [Egres]': 'egress,ingress',
  'policyTypes: [Ingress, Forward]': 'egress,ingress',
  'policyTypes: [Ingress, null]': 'egress,ingress',
  'policyTypes: Ingress': 'egress,ingress',
  'policyTypes: [Ingress, Ingress, Ingress]': 'ingress',
  'policyTypes: [Egress, Egress, Ingress]': 'egress,ingress',
  'policyTypes: []': 'ingress',
  'egres: [{}]': 'ingress',
  'policyTypes: [Egress], priority: 3': 'egress',
};
for (const [spec, isolates] of Object.entries(isolation))
  t.test(`{${spec}} isolates ${isolates}`, t => {
    t.equal(stored(spec).isolates.join(), isolates);
    t.end();
  });

t.test(
  'a selector of pods that cannot be read: every pod is isolated, and none is opened by rules that may be of others',
  t => {
    for (const selector of [
      '{matchlabels: {a: b}}',
      '{matchLabels: [a]}',
      '{matchExpressions: [{key: a, operator: Gt, values: ["1"]}]}',
      'x',
      '[]',
    ])
      t.match(stored(`podSelector: ${selector}, ingress: [{}], egress: [{}]`), {
        subject: { namespaces: { name: 'shop' }, pods: everything },
        isolates: ['egress', 'ingress'],
        ingress: [{ peers: [unknown] }],
        egress: [{ peers: [unknown] }],
      });
    t.match(stored('podSelector: null, ingress: [{}]'), {
      subject: { pods: everything },
      ingress: [{ peers: 'all' }],
    });
    t.end();
  },
);

t.test('without a spec it isolates as the API server has it, with one that is none both ways', t => {
  const head = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p', namespace: 'shop' },
  };
  t.match(readStoredPolicy(head), { isolates: ['ingress'], ingress: [] });
  t.match(readStoredPolicy({ ...head, spec: null }), { isolates: ['ingress'], ingress: [] });
  for (const spec of ['x', 7, []])
    t.match(readStoredPolicy({ ...head, spec }), { isolates: ['egress', 'ingress'] });
  t.end();
});

t.test('what the API server stores without a word is read as it reads it', t => {
  t.match(
    stored(`ingress: [{from: [
      {ipBlock: {cidr: 010.000.00.7/008, except: ["::ffff:10.1.0.0/112", 10.2.3.4/16]}},
      {ipBlock: {cidr: "::ffff:10.0.0.0/104"}}, {ipBlock: {cidr: "::ffff:10.0.0.0/8"}}]}]`).ingress[0]?.peers,
    [
      { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] },
      { cidr: '10.0.0.0/8' },
      { cidr: '::/8' },
    ],
  );
  t.strictSame(problemsOf(networkPolicy('ingress: [{from: [{ipBlock: {cidr: 010.0.0.0/008}}]}]')), []);
  t.end();
});

t.test('what is odd and plain is read as it stands, and told', t => {
  const value = networkPolicy(`podSelector: {matchLabels: {a: b c, n: 1, e: null}},
    ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/8]}}], ports: [{port: "80"}, {port: 80, endPort: "90"}]}]`);
  t.match(readStoredPolicy(value), {
    subject: { pods: { matchLabels: { a: 'b c', n: '1', e: '' } } },
    ingress: [
      {
        peers: [{ cidr: '10.0.0.0/8', except: ['11.0.0.0/8'] }],
        ports: [{ kind: 'named', name: '80' }, tcp(80, 90)],
      },
    ],
  });
  const told = problemsOf(value).join('\n');
  for (const each of [
    /'b c'/,
    /n 1 .* it is read as '1'/,
    /e null .* it is read as ''/,
    /'11.0.0.0\/8'/,
    /'80'/,
    /'90'/,
  ])
    t.match(told, each);
  t.end();
});

t.test('whatever labels and annotations are, a policy is one', t => {
  const value = networkPolicy('', 'name: p, namespace: "", labels: {a: 1}, annotations: []');
  t.match(readStoredPolicy(value), { namespace: 'default', isolates: ['ingress'] });
  t.equal(problemsOf(value).length, 2);
  t.end();
});

t.test('an object that is cut apart is not changed itself', t => {
  const value = networkPolicy('podSelector: {x: 1}, ingress: [{from: [{}]}]');
  const before = structuredClone(value);
  readObject(value);
  t.strictSame(value, before);
  t.strictSame(readObject(parse('{a: 1}')), readObject({ a: 1 }));
  t.end();
});
