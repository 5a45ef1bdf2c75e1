// Addresses of the own node that its object does not name: the node to `nodes` peers, themselves to `networks` peers.
import t from 'tap';
import type { PolicyRule } from '../../../loader/model/policies.ts';
import type { Labels } from '../../../loader/model/labels.ts';
import {
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
  pods,
  ports,
  rule,
  unknown,
} from './world.ts';

const N = network('172.17.0.0/16');
const X = nodes({ zone: 'z' });
const QUESTION = 'own-node 172.17.0.1 80/TCP';

function answer(
  admin: readonly PolicyRule[],
  baseline: readonly PolicyRule[],
  labels: Labels = { zone: 'z' },
): string {
  const policies = [
    clusterPolicy('admin', { egress: admin }),
    clusterPolicy('base', { tier: 'Baseline', egress: baseline }),
  ];
  return ask(compilerOf({ nodes: [node(OWN, '192.0.2.1', labels)], policies }), QUESTION);
}

t.test('the first match across both kinds of peers decides, a Pass too', t => {
  const [acceptX, acceptN] = [rule('Accept', [X]), rule('Accept', [N])];
  const [passX, passN] = [rule('Pass', [X]), rule('Pass', [N])];
  const [denyX, denyN] = [rule('Deny', [X]), rule('Deny', [N])];
  const cases: readonly (readonly [readonly PolicyRule[], readonly PolicyRule[], string])[] = [
    [[passN, acceptX], [denyN], 'deny: base[0]'],
    [[passX, acceptN], [denyX], 'deny: base[0]'],
    [[passN, denyX], [], 'allow: default'],
    [[passX, denyN], [acceptX, denyN], 'allow: base[0]'],
    [[acceptX, passN], [denyN], 'allow: admin[0]'],
    [[denyN, passX], [], 'deny: admin[0]'],
    [[passN, passX, denyN], [acceptN, denyX], 'allow: base[0]'],
    [[passX], [acceptN, denyX], 'allow: base[0]'],
    [[passN], [denyX, acceptN], 'deny: base[0]'],
    [[rule('Pass', [N], [ports('TCP', 80)]), acceptX], [denyN], 'deny: base[0]'],
    [[rule('Pass', [N], [ports('TCP', 81)]), acceptX], [denyN], 'allow: admin[1]'],
    [[rule('Pass', [pods({}, every)]), acceptX], [denyN], 'allow: admin[1]'],
    [[passN, rule('Deny', [unknown])], [denyN], 'deny: base[0]'],
    [[rule('Deny', [unknown]), acceptX], [], 'deny: admin[0]'],
  ];
  for (const [i, [admin, baseline, expected]] of cases.entries())
    t.equal(answer(admin, baseline), expected, `case ${i}`);
  t.end();
});

t.test('a Pass of a lower priority comes after', t => {
  const here = [node(OWN, '192.0.2.1', { zone: 'z' })];
  const pass = (priority: number) => clusterPolicy('pass', { priority, egress: [rule('Pass', [N])] });
  const accept = clusterPolicy('accept', { priority: 5, egress: [rule('Accept', [X])] });
  const deny = clusterPolicy('deny', { tier: 'Baseline', egress: [rule('Deny', [N])] });
  const asked = (priority: number): string =>
    ask(compilerOf({ nodes: here, policies: [pass(priority), accept, deny] }), QUESTION);
  t.equal(asked(4), 'deny: deny[0]');
  t.equal(asked(6), 'allow: accept[0]');
  t.end();
});

t.test("networks around the node's named addresses are not about the others", t => {
  t.equal(answer([rule('Deny', [network('192.0.2.0/24')])], []), 'allow: default');
  t.equal(answer([rule('Deny', [network('192.0.2.0/24'), X])], []), 'deny: admin[0]');
  t.end();
});

t.test('isolated: NetworkPolicy says nothing, Baseline is asked', t => {
  const policies = [
    networkPolicy('p', { egress: [] }),
    clusterPolicy('base', { tier: 'Baseline', egress: [rule('Deny', [N], [ports('TCP', 80)])] }),
  ];
  const compiler = compilerOf({ nodes: [node(OWN, '192.0.2.1')], policies });
  t.equal(ask(compiler, QUESTION), 'deny: base[0]');
  t.equal(ask(compiler, 'own-node 172.17.0.1 81/TCP'), 'allow: default');
  t.equal(ask(compiler, 'egress 172.17.0.1 81/TCP'), 'deny: p isolates');
  t.end();
});

t.test("the node's labels change", t => {
  const policies = [clusterPolicy('admin', { egress: [rule('Deny', [X])] })];
  const world = (labels: Labels) => inputOf({ nodes: [node(OWN, '192.0.2.1', labels)], policies });
  const compiler = compilerOf({ nodes: [node(OWN, '192.0.2.1', {})], policies });
  t.equal(ask(compiler, QUESTION), 'allow: open');
  compiler.update({ ...world({ zone: 'z' }) });
  t.equal(ask(compiler, QUESTION), 'deny: admin[0]');
  compiler.update({ ...world({ zone: 'y' }) });
  t.equal(ask(compiler, QUESTION), 'allow: open');
  t.end();
});
