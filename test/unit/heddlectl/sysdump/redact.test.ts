// No secret stays in a text, however it is written there, and what is no secret does.
import t from 'tap';
import { redactDocument, redactorOf, secretsIn } from '../../../../cmd/heddlectl/sysdump/redact.ts';

const PEM = [
  '-----BEGIN EC PRIVATE KEY-----',
  'MHcCAQEEIPlanted1',
  'secondLine/+=',
  '-----END EC PRIVATE KEY-----',
];
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIpublic\n-----END CERTIFICATE-----';
const redact = redactorOf([]);

/** A text, and what must not be left of it. */
const SECRETS: Readonly<Record<string, readonly [text: string, secret: string]>> = {
  'a line of YAML': ['user: a\npassword: hunter2 and more\nnext: b', 'hunter2 and more'],
  'quoted YAML': ["  - token: 'abc def'", 'abc def'],
  'a member of JSON': ['{"level":30,"token":"abc\\"def","msg":"x"}', 'def'],
  'a number in JSON': ['{"apiKey":123456789,"msg":"x"}', '123456789'],
  'a command line': ['etcd --password=s3cret --name=a', 's3cret'],
  'a query': ['GET /x?access_token=s3cret&y=1', 's3cret'],
  'a header': ['Authorization: Bearer abcdef0123456789', 'abcdef0123456789'],
  'a header in a log': ['request failed (Bearer abcdef0123456789)', 'abcdef0123456789'],
  'a JWT': ['used eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl here', 'c2lnbmF0dXJl'],
  'a JWT after a dash': ['x-eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl', 'c2lnbmF0dXJl'],
  'a flag with a colon': ['run --password: s3cret', 's3cret'],
  'a URL': ['dial https://root:hunter2@10.0.0.1:2379 failed', 'hunter2'],
  'a URL with colons in its password': ['dial https://root:hun:ter2@10.0.0.1 failed', 'ter2'],
  'a private key': [PEM.join('\n'), 'Planted1'],
  'a private key in a JSON string': [JSON.stringify({ text: PEM.join('\n') }), 'Planted1'],
  'a private key without its end': [PEM.slice(0, 3).join('\n'), 'secondLine'],
  'a private key without its beginning': [PEM.slice(1).join('\n'), 'Planted1'],
  'a private key in base64': [
    `client: ${Buffer.from(PEM.join('\n')).toString('base64')}`,
    Buffer.from(PEM.join('\n')).toString('base64').slice(-20),
  ],
};

for (const [name, [text, secret]] of Object.entries(SECRETS))
  t.test(`${name} loses its secret`, t => {
    t.match(text, secret.replaceAll(/[/+]/g, '.'), 'it is there before');
    const redacted = redact(text);
    t.notOk(redacted.includes(secret), redacted);
    t.match(redacted, '(removed)');
    t.end();
  });

t.test('what is no secret stays as it is', t => {
  for (const text of [
    'passwordFile: /etc/heddle/password',
    'keyFile=/etc/heddle/etcd.key',
    '{"key":{"addr":"10.0.0.1"},"value":7}',
    'table inet heddle { chain x { type nat hook postrouting priority 100 } }',
    'http://10.0.0.1:2379/v3?x=1',
    CERTIFICATE,
    `ca: ${Buffer.from(CERTIFICATE).toString('base64')}`,
  ])
    t.equal(redact(text), text);
  t.end();
});

t.test('a known value is removed wherever it stands, also in base64 and in JSON', t => {
  const value = 'pa"ss wörd';
  const inBase64 = Buffer.from(value).toString('base64');
  const text = `${value} ${JSON.stringify(value)} ${inBase64} ab`;
  t.equal(
    redactorOf([value, 'ab'])(text),
    '(removed) "(removed)" (removed)== ab'.replace('==', padding(inBase64)),
  );
  t.end();
});

function padding(encoded: string): string {
  return /=*$/.exec(encoded)?.[0] ?? '';
}

t.test('a document loses scalars below secret names, and its comments', t => {
  const text = [
    'name: a # password: hunter2',
    'password: |',
    '  block',
    '  scalar',
    'tokens: [one, {x: two}]',
    'passwordFile: /p',
    '---',
    '{"users":[{"user":{"token":"three"}}]}',
  ].join('\n');
  const redacted = redactDocument(text) ?? '';
  for (const secret of ['hunter2', 'block', 'scalar', 'one', 'two', 'three']) t.notMatch(redacted, secret);
  for (const kept of ['name: a', 'passwordFile: /p', 'users:']) t.match(redacted, kept);
  t.strictSame(secretsIn(text), ['block\nscalar\n', 'one', 'two', 'three']);
  t.equal(redactDocument('a: ['), undefined);
  t.strictSame(secretsIn('a: ['), []);
  t.end();
});

const MIB = 1 << 20;

for (const [what, text] of [
  ['of letters', 'a'.repeat(MIB)],
  ['of dashes', `x ${'-'.repeat(MIB)}`],
  ['of dots and dashes', `x ${'.-'.repeat(MIB / 2)}`],
  ['of colons after a scheme', `a://${':'.repeat(MIB)}`],
  ['of members', 'x:'.repeat(MIB / 2)],
  ['of beginnings of tokens', '-eyJ'.repeat(MIB / 4)],
  ['of beginnings of keys', '-----BEGIN '.repeat(MIB / 11)],
  ['of beginnings of strings', 'a: "'.repeat(MIB / 4)],
  ['of spaces', `Bearer${' '.repeat(MIB)}"a":${' '.repeat(MIB)}`],
] as const)
  t.test(`a line ${what}, a megabyte long, takes no long time`, t => {
    const before = process.cpuUsage();
    redact(text);
    const { user, system } = process.cpuUsage(before);
    t.ok(user + system < 5_000_000, `${user + system} us`);
    t.end();
  });
