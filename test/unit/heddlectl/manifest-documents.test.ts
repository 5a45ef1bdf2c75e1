// What a person hands over is whole, or every mistake of it is told with its file and line.
import { join } from 'node:path';
import t from 'tap';
import { documentsIn, manifestText } from '../../../cmd/heddlectl/invocation/manifest-documents.ts';

const policy = (name: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

function mistakes(act: () => unknown): string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UsageError') throw error;
    return error.message.split('\n');
  }
}

t.test('all mistakes of all files of a directory are told', t => {
  const folder = t.testdir({
    'a.yaml': [
      policy('one', '{ podSelector: {}, policyTypes: [Outwards], egres: [] }'),
      policy('two', '{ podSelector: {}, ingress: [{ ports: [{ port: 70000 }] }] }'),
    ].join('---\n'),
    'b.yaml': 'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: { name: x }\n',
    'c.yaml': policy('good', '{ podSelector: {} }'),
    'd.yaml': 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolcy\nmetadata: { name: x }\n',
    'e.yaml': 'kind: [\n',
  });
  const told = mistakes(() => documentsIn(folder)).map(line => line.replace(`${folder}/`, ''));
  t.match(told, [
    /^a\.yaml:4: NetworkPolicy default\/one: spec\.policyTypes\[0\] 'Outwards' must be one of Ingress, Egress$/,
    /^a\.yaml:4: NetworkPolicy default\/one: spec\.egres .* is a field that is not known there: remove it$/,
    /^a\.yaml:9: NetworkPolicy default\/two: spec\.ingress\[0\]\.ports\[0\]\.port 70000 /,
    /^b\.yaml:1: GlobalNetworkPolicy of projectcalico\.org\/v3 is Calico's: docs\/migration-from-flannel\.md has what takes its place$/,
    /^d\.yaml:2: kind NetworkPolcy is none that Heddle reads, did you mean NetworkPolicy\?$/,
    /^e\.yaml:\d: not valid YAML: /,
  ]);
  t.equal(told.length, 6);
  t.end();
});

t.test('a List is searched to its end, too', t => {
  const items = ['7', '{}'].map(podSelector => ({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'x' } },
    spec: { podSelector: podSelector === '7' ? 7 : {}, policyTypes: podSelector === '7' ? [] : ['Up'] },
  }));
  const folder = t.testdir({ 'list.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  t.match(
    mistakes(() => manifestText(join(folder, 'list.json'))),
    [/spec\.podSelector/, /spec\.policyTypes\[0\] 'Up' must be one of/],
  );
  t.end();
});

t.test('what is right is handed over with the name of its file', t => {
  const folder = t.testdir({
    'c.yaml': `${policy('good', '{ podSelector: {} }')}---\n`,
    'note.txt': 'kind: [',
  });
  t.match(documentsIn(folder), [{ file: join(folder, 'c.yaml'), value: { kind: 'NetworkPolicy' } }]);
  t.equal(documentsIn(folder).length, 1);
  t.match(
    mistakes(() => documentsIn(join(folder, 'nowhere'))),
    [/nowhere' cannot be read: ENOENT/],
  );
  t.end();
});

t.test("'policy apply' takes one policy, and says what takes more", t => {
  const folder = t.testdir({
    'two.yaml': [policy('one', '{ podSelector: {} }'), policy('two', '{ podSelector: {} }')].join('---\n'),
    'none.yaml': '# later\n',
    'one.yaml': `---\n${policy('one', '{ podSelector: {} }')}---\n`,
  });
  for (const [name, has] of [
    ['two.yaml', '2 objects'],
    ['none.yaml', 'no object'],
  ] as const)
    t.strictSame(
      mistakes(() => manifestText(join(folder, name))),
      [
        `file '${join(folder, name)}' has ${has}, and one policy is expected: 'heddlectl apply' takes all of a file or a directory in one step`,
      ],
    );
  t.match(manifestText(join(folder, 'one.yaml')), /name: one/);
  t.end();
});
