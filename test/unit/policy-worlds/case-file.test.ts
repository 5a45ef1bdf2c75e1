import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { CaseFileError, readCaseFile } from '../../conformance/case-file.ts';

const good = {
  name: 'one',
  namespaces: [{ name: 'x' }],
  pods: [{ namespace: 'x', name: 'a', ips: ['10.1.0.1'], node: 'n' }],
  externals: [{ name: 'web', ips: ['192.0.2.1', '2001:db8::1'] }],
  policies: [
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p' }, spec: {} },
  ],
  expect: [{ from: 'x/a', to: 'external/web', port: 80, protocol: 'TCP', allowed: true }],
};

function written(t: Test, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-cases-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'cases.json');
  writeFileSync(path, text);
  return path;
}

t.test('a file is a list of cases, or has them beside its format; what is left out is empty', t => {
  for (const form of [[good], { format: 1, cases: [good] }]) {
    const { name, cases } = readCaseFile(written(t, JSON.stringify(form)));
    t.equal(name, 'cases');
    t.strictSame(
      cases.map(each => [each.name, each.nodes, each.pods[0]?.ports, each.pods[0]?.labels]),
      [['one', [], [], {}]],
    );
  }
  t.end();
});

const row = good.expect[0];
const wrong: readonly (readonly [what: string, text: string, sentence: RegExp])[] = [
  ['no JSON', '{"format": 1', /cases\.json is no JSON: /],
  ['no cases', '{"format": 1}', /cases\.json: the whole is wrong: /],
  ['another format', JSON.stringify({ format: 2, cases: [good] }), /is wrong: /],
  ['an empty list', '[]', /is wrong: /],
  [
    'a policy of an unknown kind',
    JSON.stringify([{ ...good, policies: [{ ...good.policies[0], kind: 'AdminNetworkPolicy' }] }]),
    /case one: policies\.0\.kind is wrong: /,
  ],
  [
    'a policy of an unknown version',
    JSON.stringify([{ ...good, policies: [{ ...good.policies[0], apiVersion: 'networking.k8s.io/v2' }] }]),
    /case one: policies\.0 is wrong: is of an apiVersion that is not known/,
  ],
  [
    'a row that does not say what it expects',
    JSON.stringify([{ ...good, expect: [{ ...row, allowed: 'yes' }] }]),
    /case one: expect\.0\.allowed is wrong: /,
  ],
  [
    'a row of nobody',
    JSON.stringify([{ ...good, expect: [{ ...row, to: 'x/b' }] }]),
    /case one: there is no peer 'x\/b'$/,
  ],
  [
    'a row of a family that a party has not',
    JSON.stringify([{ ...good, expect: [{ ...row, family: 6 }] }]),
    /case one: x\/a has no IPv6 address$/,
  ],
];

for (const [what, text, sentence] of wrong)
  t.test(`${what} is said in one sentence`, t => {
    const path = written(t, text);
    t.throws(() => readCaseFile(path), { name: 'CaseFileError', message: sentence });
    t.end();
  });

t.test('a file that is not there is said to be so', t => {
  t.throws(
    () => readCaseFile('/nowhere/cases.json'),
    new CaseFileError('/nowhere/cases.json cannot be read'),
  );
  t.end();
});
