import fc from 'fast-check';
import t, { type Test } from 'tap';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import { plainDocuments } from '../../../loader/sources/plain-documents.ts';

const RUNS = 5_000;

/** What the parser of all of YAML finds; something that nothing equals where it finds an error. */
function whole(text: string): readonly unknown[] {
  return parseAllDocuments(text, { uniqueKeys: true })
    .map(document => (document.errors.length > 0 ? Symbol('error') : (document.toJS() as unknown)))
    .filter(isSomething);
}

function isSomething(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isSame(text: string): boolean {
  const plain = plainDocuments(text);
  return plain === undefined || isDeepStrictEqual(plain.filter(isSomething), whole(text));
}

function assertSame(t: Test, texts: fc.Arbitrary<string>): void {
  t.doesNotThrow(() => fc.assert(fc.property(texts, isSame), { numRuns: RUNS }));
}

t.test('random pieces of YAML are read as the whole parser reads them, or not at all', t => {
  const pieces = fc.constantFrom(
    ...[
      'a',
      'b: ',
      'key:',
      '- ',
      '-',
      '\n',
      '\n',
      '\n  ',
      '\n    ',
      '"q"',
      "'s'",
      'true',
      'True',
      'null',
      '~',
    ],
    ...[
      '12',
      '1e3',
      '0x1f',
      '10.0.0.1',
      'fd00::1',
      ': ',
      '#',
      ' #c',
      '{}',
      '[]',
      '[a]',
      '|',
      '>',
      '&a',
      '*a',
    ],
    ...[
      '---',
      '---\n',
      '...',
      '!t',
      '%',
      ',',
      ' ',
      'x y',
      '::',
      'a:b',
      '? ',
      '2024-01-01',
      '\\',
      '"',
      "'",
      'é',
    ],
    ...['"k": ', '__proto__: ', '\t', '\r\n', '{"a":1,"a":2}', '{"b": 1}', '{"b":[1]}'],
  );
  assertSame(
    t,
    fc.array(pieces, { maxLength: 14 }).map(parts => parts.join('')),
  );
  t.end();
});

t.test('random lines of maps and lists as well', t => {
  const line = fc.tuple(
    fc.constantFrom('', ' ', '  ', '    ', '- ', '  - '),
    fc.constantFrom('a', 'b', 'c', '"d e"', 'x.io/y', 'no', 'y'),
    fc.constantFrom(
      ...[
        ':',
        ': ',
        ': v',
        ': "w"',
        ": 'u'",
        ': 5',
        ': 05',
        ': +5',
        ': -5',
        ': 5.',
        ': a b',
        ': a: b',
        ': a #b',
      ],
      ...[
        ': {}',
        ': []',
        ': true',
        ': TRUE',
        ': .5',
        ': 10.1.2.3',
        ': 12:30',
        ': 1_000',
        ': 0b1',
        ': 0o7',
        '',
      ],
      ...[': 9007199254740993', ': a:', ': - b', ':  sp ', ': /p', ': (x)', ': a, b', ': 1.5.2'],
    ),
  );
  assertSame(
    t,
    fc.array(line, { maxLength: 9 }).map(lines => lines.map(parts => parts.join('')).join('\n')),
  );
  t.end();
});

t.test('what tools write of random values as well', t => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9.:/ -]{0,12}$/));
  const { value } = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      ...[text, fc.integer(), fc.boolean(), fc.constant(null), fc.double()],
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  }));
  assertSame(
    t,
    value.map(one => stringify(one)),
  );
  assertSame(
    t,
    value.map(one => JSON.stringify(one)),
  );
  assertSame(
    t,
    value.map(one => JSON.stringify(one, null, 4)),
  );
  t.end();
});

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-0',
    namespace: 'shop',
    uid: '9f3c',
    labels: { app: 'web', 'app.kubernetes.io/name': 'web' },
  },
  spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'a/b:1.2', ports: [{ containerPort: 80 }] }] },
  status: { phase: 'Running', podIPs: [{ ip: '10.1.0.5' }, { ip: 'fd00::5' }] },
};

t.test('objects are plain as YAML and as JSON, so that many of them are read fast', t => {
  const texts = [stringify(POD), JSON.stringify(POD), JSON.stringify(POD, null, 4)];
  for (const text of texts)
    t.strictSame(plainDocuments(`---\n${text}\n---\n${text}\n`)?.filter(isSomething), [POD, POD]);
  const kubectl = 'metadata:\n  name: a\nitems:\n- ip: 10.1.0.5\n  name: x\n- ip: 10.1.0.6\n';
  t.strictSame(plainDocuments(kubectl), [
    {
      metadata: { name: 'a' },
      items: [{ ip: '10.1.0.5', name: 'x' }, { ip: '10.1.0.6' }],
    },
  ]);
  t.end();
});
