// What is collected fits its limits and is an archive that tar reads; nothing that is collected can fail the whole.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { collect, type DumpLimits } from '../../../../cmd/heddlectl/sysdump/collect.ts';
import { archiveName } from '../../../../cmd/heddlectl/sysdump/items.ts';
import { redactorOf } from '../../../../cmd/heddlectl/sysdump/redact.ts';
import { withoutDescriptors } from '../../../support/without-descriptors.ts';
import { tarOf } from '../../../../cmd/heddlectl/sysdump/tar.ts';

const LIMITS: DumpLimits = {
  milliseconds: 60_000,
  bytes: 1 << 20,
  itemMilliseconds: 60_000,
  itemBytes: 1_000,
};
const redact = redactorOf(['hunter2']);

t.test('tar lists and unpacks it', t => {
  const folder = t.testdir();
  const contents = { empty: '', 'a/b.txt': 'b\n', block: 'x'.repeat(512), more: 'ö'.repeat(513) };
  const files = Object.entries(contents).map(([name, text]) => ({ name, content: Buffer.from(text) }));
  writeFileSync(join(folder, 'x.tar'), tarOf(files, 1_790_000_000));
  const list = execFileSync('tar', ['--list', '--file', join(folder, 'x.tar')], { encoding: 'utf8' });
  t.strictSame(list.trimEnd().split('\n'), Object.keys(contents));
  for (const [name, text] of Object.entries(contents))
    t.equal(execFileSync('tar', ['-xOf', join(folder, 'x.tar'), name], { encoding: 'utf8' }), text, name);
  t.throws(() => tarOf([{ name: 'x'.repeat(101), content: Buffer.alloc(0) }], 0), /too long a name/);
  t.end();
});

t.test('names of any length and script fit into the archive, and stay apart', t => {
  const names = [
    'ä'.repeat(80),
    `${'ä'.repeat(80)}.json`,
    '日'.repeat(40),
    'x'.repeat(255),
    'line\nbreak',
    'short.json',
  ];
  const given = names.map((name, i) => archiveName(name, i));
  t.equal(new Set(given).size, names.length);
  t.equal(given.at(-1), 'short.json');
  for (const name of given) t.ok(Buffer.byteLength(name) <= 60, name);
  t.end();
});

t.test('commands, files and what is not there', async t => {
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`).join('\n');
  const folder = t.testdir({
    'x.yaml': 'a: 1 # hunter2\nb: hunter2\n',
    broken: 'a: [ # hunter2',
    log: lines,
  });
  const path = (name: string, part: 'beginning' | 'end' = 'beginning') =>
    ({ path: join(folder, name), part }) as const;
  const { files, missing } = await collect(
    [
      { name: 'echo', from: { argv: ['echo', 'hunter2', 'x'] } },
      { name: 'fails', from: { argv: ['sh', '-c', 'echo some; echo hunter2 >&2; exit 3'] } },
      { name: 'no', from: { argv: ['sh', '-c', 'echo not-ready; exit 1'] } },
      { name: 'absent', from: { argv: ['/no/such/command'] } },
      { name: 'endless', from: { argv: ['yes', 'hunter2'] } },
      { name: 'config/x.yaml', from: path('x.yaml') },
      { name: 'config/broken', from: path('broken') },
      { name: 'log.txt', from: path('log', 'end') },
      { name: 'head.txt', from: path('log') },
      { name: 'nowhere', from: path('nowhere') },
      { name: 'proc', from: { path: '/proc/self/status', part: 'beginning' } },
      { name: 'metrics', from: { url: 'http://127.0.0.1:1/metrics' } },
      { name: 'told', from: { missing: 'it is elsewhere' } },
    ],
    redact,
    { ...LIMITS, itemBytes: 3_000 },
  );
  const texts = new Map(files.map(({ name, content }) => [name, content.toString()]));
  t.equal(texts.get('echo'), '(removed) x\n');
  t.equal(texts.get('fails'), 'some\n');
  t.equal(texts.get('no'), 'not-ready\n');
  t.notOk(
    missing.some(one => one.startsWith('no:')),
    'an answer that is no is whole',
  );
  t.equal(texts.get('config/x.yaml'), 'a: 1\nb: (removed)\n');
  t.equal(texts.get('config/broken'), 'a: [ #');
  t.match(texts.get('log.txt'), /^line \d+\n[^]*line 499$/);
  t.match(texts.get('head.txt'), /^line 0\n[^]*line \d+\n$/);
  t.match(texts.get('proc'), /^Name:/);
  const endless = texts.get('endless') ?? '';
  t.ok(endless.length > 0 && endless.length <= 5_000, `${endless.length} bytes`);
  for (const pattern of [
    /^fails: ended with 3: \(removed\)$/,
    /^absent: spawn \/no\/such\/command ENOENT$/,
    /^endless: cut at 3000 bytes$/,
    /^log\.txt: its first \d+ bytes are left out$/,
    /^head\.txt: cut at 3000 bytes$/,
    /^nowhere: ENOENT/,
    /^metrics: /,
    /^told: it is elsewhere$/,
  ])
    t.ok(
      missing.some(one => pattern.test(one)),
      String(pattern),
      { missing },
    );
  t.equal(missing.length, 8);
  t.notMatch([...texts.values(), ...missing].join(), 'hunter2');
});

t.test('a command that cannot be started, as there are no descriptors, is missing', async t => {
  const echo = { name: 'echo', from: { argv: ['echo', 'x'] } } as const;
  const { files, missing } = await withoutDescriptors(() => collect([echo], redact, LIMITS));
  t.strictSame({ files, missing }, { files: [], missing: ['echo: spawn echo EMFILE'] });
});

t.test('a command that hangs is ended with what it has started, and the whole has its time', async t => {
  const start = performance.now();
  const hanging = { name: 'hangs', from: { argv: ['sh', '-c', 'echo begun; sleep 1000 & wait'] } } as const;
  const first = await collect([hanging], redact, { ...LIMITS, itemMilliseconds: 1_000 });
  t.strictSame(first.missing, ['hangs: ended after 1 s']);
  t.strictSame(
    first.files.map(({ content }) => content.toString()),
    ['begun\n'],
  );
  const many = Array.from({ length: 40 }, () => ({ ...hanging }));
  const all = await collect(many, redact, { ...LIMITS, milliseconds: 2_000, itemMilliseconds: 1_500 });
  t.equal(all.missing.length, 40);
  t.ok(all.missing.includes('hangs: the time of the whole dump was over'));
  t.ok(performance.now() - start < 50_000, 'they do not wait for each other');
});

t.test('the whole has its size', async t => {
  const large = { name: 'large', from: { argv: ['sh', '-c', 'yes | head -c 900'] } } as const;
  const { files, missing } = await collect(
    Array.from({ length: 20 }, () => ({ ...large })),
    redact,
    { ...LIMITS, bytes: 3_000 },
  );
  const size = files.reduce((sum, { content }) => sum + content.length, 0);
  t.ok(size >= 3_000 && size <= 3_000 + 4 * LIMITS.itemBytes, `${size} bytes`);
  t.ok(missing.includes('large: the dump was as large as it may be'));
});
