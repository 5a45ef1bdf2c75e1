import fc from 'fast-check';
import t from 'tap';
import { parseManifestFile } from '../../../loader/sources/objects/manifest-file.ts';

const TWO_PODS = `# two pods
apiVersion: v1
kind: Pod
metadata: { name: a }
---
apiVersion: v1
kind: Pod
metadata: { name: b }
status:
  podIPs:
    - ip: 10.1.0.5
---
`;

t.test('a file may hold any number of documents', t => {
  const file = parseManifestFile('/m/pods.yaml', TWO_PODS);
  t.strictSame(file.problems, []);
  t.match(file.objects, [{ object: { name: 'a' } }, { object: { name: 'b', addresses: ['10.1.0.5'] } }]);
  t.strictSame(parseManifestFile('/m/empty.yaml', ''), { objects: [], problems: [], isBroken: false });
  t.strictSame(parseManifestFile('/m/empty.yaml', '# nothing\n---\n'), {
    ...{ objects: [], problems: [], isBroken: false },
  });
  t.end();
});

t.test('JSON is YAML', t => {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
  t.match(parseManifestFile('/m/n.json', text).objects, [{ kind: 'Namespace' }]);
  t.end();
});

t.test('a wrong field is named with its line, and takes nothing along', t => {
  const file = parseManifestFile('/m/pods.yaml', TWO_PODS.replace('10.1.0.5', '10.1.0.555'));
  t.match(file, {
    objects: [{ object: { name: 'a' } }, { object: { name: 'b', addresses: [] } }],
    problems: [
      "/m/pods.yaml:11: Pod default/b: status.podIPs[0].ip '10.1.0.555' is no IP address: status.podIPs[0] is ignored",
    ],
    isBroken: false,
  });
  t.end();
});

t.test('a document that means nothing breaks the file, and the others count', t => {
  const file = parseManifestFile('/m/pods.yaml', TWO_PODS.replace('{ name: a }', '{ labels: {} }'));
  t.match(file, {
    objects: [{ object: { name: 'b' } }],
    problems: ['/m/pods.yaml:4: a Pod: metadata.name is missing'],
    isBroken: true,
  });
  const written = parseManifestFile(
    '/m/pods.yaml',
    TWO_PODS.replace('{ name: a }', '{ labels: {} }'),
    'written',
  );
  t.equal(written.objects, undefined, 'what a person asks for is whole or refused');
  t.end();
});

t.test('a missing field is named with the line of what it is missing from', t => {
  const file = parseManifestFile('/m/a.yaml', 'apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n');
  t.strictSame(file.problems, ['/m/a.yaml:4: a Pod: metadata.name is missing']);
  t.end();
});

t.test('what is no YAML is named with its line', t => {
  const file = parseManifestFile('/m/a.yaml', 'apiVersion: v1\nkind: [Pod\nmetadata: {}\n');
  t.equal(file.objects, undefined);
  t.match(file.problems, [/^\/m\/a\.yaml:\d: not valid YAML: [a-z]/]);
  const tabs = parseManifestFile('/m/a.yaml', 'apiVersion: v1\n\tkind: Pod\n');
  t.match(tabs.problems, [/^\/m\/a\.yaml:2: not valid YAML: tabs/]);
  t.end();
});

t.test('a kind that is not ours is said, and the rest of the file stays active', t => {
  const service = 'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\n---\n';
  const file = parseManifestFile('/m/all.yaml', service + TWO_PODS);
  t.strictSame(file.problems, ['/m/all.yaml:2: kind Secret is none that Heddle reads']);
  t.equal(file.objects?.length, 2);
  t.end();
});

t.test('aliases that grow without bound are refused', t => {
  const lines = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let i = 0; i < 9; i++) {
    const [from, to] = [String.fromCharCode(97 + i), String.fromCharCode(98 + i)];
    lines.push(`${to}: &${to} [${Array<string>(9).fill(`*${from}`).join(',')}]`);
  }
  const file = parseManifestFile('/m/bomb.yaml', lines.join('\n'));
  t.equal(file.objects, undefined);
  t.match(file.problems, [/^\/m\/bomb\.yaml:1: .*alias/i]);
  t.end();
});

t.test('a file cut at any byte is whole documents, or broken with a line, and never throws', t => {
  for (let length = 0; length <= TWO_PODS.length; length++) {
    const { objects, problems } = parseManifestFile('/m/cut.yaml', TWO_PODS.slice(0, length));
    if (objects === undefined) t.match(problems, [/^\/m\/cut\.yaml:\d+: /]);
    else t.ok(objects.length <= 2 && problems.every(problem => problem.startsWith('/m/cut.yaml:')));
  }
  t.end();
});

t.test('no text makes reading throw', t => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      const { objects, problems } = parseManifestFile('/m/any.yaml', text);
      return objects !== undefined || problems.length > 0;
    }),
  );
  t.pass('whatever it says');
  t.end();
});

t.test('no object makes reading throw', t => {
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom('a', 'v1', 'Pod', '10.0.0.1', '10.0.0.0/8'));
  const object = fc.record({
    apiVersion: fc.constantFrom('v1', 'heddle.dev/v1'),
    kind: fc.constantFrom('Node', 'Pod', 'Namespace', 'PodAddresses', 'List', 'constructor', '__proto__'),
    metadata: fc.oneof(fc.record({ name: field, labels: field, annotations: field }), field),
    spec: fc.oneof(fc.record({ podCIDRs: field, containers: field }), field),
    status: fc.oneof(fc.record({ addresses: field, podIPs: field }), field),
    items: field,
  });
  fc.assert(
    fc.property(object, value => {
      const { objects, problems } = parseManifestFile('/m/any.json', JSON.stringify(value));
      return objects !== undefined || problems.length > 0;
    }),
  );
  t.pass('whatever is in it');
  t.end();
});
