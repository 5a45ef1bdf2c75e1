import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { formatAttachment, parseAttachment } from '../../../loader/ipam/attachment-record.ts';
import { draft, opened, temporaryDirectory, requesting } from './request.ts';

function onlyFile(directory: string, folder: string): string {
  const [name = '', ...more] = readdirSync(join(directory, folder));
  if (more.length > 0) throw new Error(`${folder} holds ${more.length + 1} files`);
  return join(directory, folder, name);
}

t.test('every record reads back equal, and a record cut at any byte is refused', t => {
  const ipam = opened({ directory: temporaryDirectory(t) });
  const attachment = ipam.allocate(
    draft('c1', { pod: { namespace: 'n', name: 'p', uid: 'u' } }),
    requesting(),
  );
  const text = formatAttachment(attachment);
  t.strictSame(Object.assign(parseAttachment(text), { phase: 'allocated' }), attachment);
  for (let length = 0; length < text.trimEnd().length; length++)
    t.type(parseAttachment(text.slice(0, length)), 'string');
  t.equal(parseAttachment(''), 'is empty');
  t.equal(parseAttachment('{"containerId"'), 'is cut short or not JSON');
  t.equal(parseAttachment('[]'), 'has no valid object');
  t.equal(parseAttachment(text.replace('10.1.0.2', '10.1.0.2/24')), 'has no valid addresses.0');
  t.equal(parseAttachment(text.replace('02:00', '02-00')), 'has no valid podMac');
  t.end();
});

t.test('a record of a build that called the pod id a slot is read, and can be read by it', t => {
  const attachment = opened({ directory: temporaryDirectory(t) }).allocate(draft('c1'), requesting());
  const { podId, ...record } = JSON.parse(formatAttachment(attachment)) as Record<string, unknown>;
  t.equal(record.podSlot, attachment.podId);
  const read = parseAttachment(JSON.stringify(record));
  t.strictSame(Object.assign(read, { phase: 'allocated' }), attachment);
  t.equal(podId, attachment.podId);
  t.equal(parseAttachment(JSON.stringify({ ...record, podSlot: 0 })), 'has no valid podId');
  t.end();
});

t.test('shell metacharacters in an id are kept as text', t => {
  const directory = temporaryDirectory(t);
  const id = '$(reboot); ../../etc/passwd `x` \n\0';
  opened({ directory }).allocate(draft(id), requesting());
  t.equal(opened({ directory }).get(draft(id))?.containerId, id);
  t.match(onlyFile(directory, 'attachments'), /\/allocated-[0-9a-f]{32}\.json$/);
  t.end();
});

t.test('a torn record is moved to damaged/ and reported once', t => {
  for (const size of [0, 40]) {
    const directory = temporaryDirectory(t);
    opened({ directory }).allocate(draft('c1'), requesting());
    const file = onlyFile(directory, 'attachments');
    truncateSync(file, size);
    const again = opened({ directory, bootId: 'boot-2' });
    t.equal(again.attachments.size, 0);
    t.equal(again.problems.length, 1);
    t.match(
      again.problems[0],
      /^the record .*\.json is (empty|cut short or not JSON): it was moved to .*\/damaged\//,
    );
    t.equal(statSync(onlyFile(directory, 'damaged')).size, size);
    t.strictSame(opened({ directory, bootId: 'boot-2' }).problems, [], 'reported once');
  }
  t.end();
});

t.test('in every phase an attachment has exactly one file', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  ipam.allocate(draft('c1'), requesting());
  t.match(onlyFile(directory, 'attachments'), /\/allocated-[0-9a-f]{32}\.json$/);
  ipam.attach(draft('c1'));
  t.match(onlyFile(directory, 'attachments'), /\/[0-9a-f]{32}\.json$/);
  ipam.release(draft('c1'));
  t.strictSame(readdirSync(join(directory, 'attachments')), []);
  t.match(onlyFile(directory, 'cooldown'), /\/\d+-1-[0-9a-f]{32}\.json$/);
  t.end();
});

t.test('what is no file of ours in the place of a record is moved aside, and the others are read', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  ipam.attach(ipam.allocate(draft('c1'), requesting()));
  mkdirSync(join(directory, 'attachments', 'folder.json'));
  writeFileSync(join(directory, 'attachments', 'folder.json', 'x'), '');
  symlinkSync('/nonexistent', join(directory, 'attachments', 'dangling.json'));
  const again = opened({ directory });
  t.match(again.attached, [{ containerId: 'c1' }]);
  t.match([...again.problems].sort(), [
    /dangling\.json cannot be read \(ENOENT/,
    /folder\.json cannot be read \(EISDIR/,
  ]);
  t.strictSame(opened({ directory }).problems, []);
  t.end();
});

t.test('a record of a newer version: more fields are kept in its file, another shape is set aside', t => {
  const directory = temporaryDirectory(t);
  opened({ directory }).allocate(draft('c1'), requesting());
  const file = onlyFile(directory, 'attachments');
  const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...record, services: ['a'], recordVersion: 9 }));
  const again = opened({ directory });
  again.attach(draft('c1'));
  t.match(
    readFileSync(onlyFile(directory, 'attachments'), 'utf8'),
    /"services"/,
    'for the newer one to read',
  );
  writeFileSync(
    onlyFile(directory, 'attachments'),
    JSON.stringify({ ...record, addresses: { v4: '10.1.0.2' } }),
  );
  t.match(opened({ directory }).problems, [/has no valid addresses: it was moved to /]);
  t.end();
});

t.test('a torn record in cooldown is moved to damaged/ too', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  ipam.allocate(draft('c1'), requesting());
  ipam.release(draft('c1'));
  truncateSync(onlyFile(directory, 'cooldown'), 10);
  t.equal(opened({ directory }).problems.length, 1);
  t.end();
});

t.test('the temporary file of an interrupted write is removed', t => {
  const directory = temporaryDirectory(t);
  opened({ directory });
  writeFileSync(join(directory, 'attachments', '.123-0'), '{"half');
  const again = opened({ directory });
  t.strictSame(again.problems, []);
  t.strictSame(readdirSync(join(directory, 'attachments')), []);
  t.end();
});

t.test('only root can read the records', t => {
  const directory = join(temporaryDirectory(t), 'state');
  opened({ directory }).allocate(draft('c1'), requesting());
  t.equal(statSync(onlyFile(directory, 'attachments')).mode & 0o777, 0o600);
  t.equal(statSync(directory).mode & 0o777, 0o700);
  t.end();
});

t.test('a state directory that cannot be made is an error of one sentence', t => {
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  t.throws(() => opened({ directory: join(file, 'state') }), {
    code: 'IO',
    message:
      /^the state directory .*\/file\/state cannot be used: ENOTDIR: .*: make it writable, or set stateDir$/,
  });
  t.end();
});

t.test('an allocation that cannot be written is undone', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  rmSync(join(directory, 'attachments'), { recursive: true });
  writeFileSync(join(directory, 'attachments'), '');
  t.throws(() => ipam.allocate(draft('c1'), requesting()), { code: 'IO', message: /^the state directory / });
  t.equal(ipam.attachments.size, 0);
  rmSync(join(directory, 'attachments'));
  const attachment = ipam.allocate(draft('c1'), requesting());
  t.equal(attachment.podId, 1);
  t.match(readFileSync(onlyFile(directory, 'attachments'), 'utf8'), '"containerId": "c1"');
  t.end();
});

t.test('a release that cannot be written is undone', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  ipam.allocate(draft('c1'), requesting());
  rmSync(join(directory, 'cooldown'), { recursive: true });
  writeFileSync(join(directory, 'cooldown'), '');
  t.throws(() => ipam.release(draft('c1')), { code: 'IO' });
  t.ok(ipam.get(draft('c1')));
  rmSync(join(directory, 'cooldown'));
  t.ok(ipam.release(draft('c1')));
  t.end();
});

t.test('records in the former directory resting/ are moved to cooldown/, beside those that are there', t => {
  const directory = temporaryDirectory(t);
  const ipam = opened({ directory });
  for (const id of ['c1', 'c2']) ipam.allocate(draft(id), requesting());
  ipam.release(draft('c1'));
  renameSync(join(directory, 'cooldown'), join(directory, 'resting'));
  mkdirSync(join(directory, 'cooldown'));
  ipam.release(draft('c2'));
  const again = opened({ directory });
  t.strictSame(
    again.allocate(draft('c3'), requesting()).addresses,
    ['10.1.0.4', 'fd00:1::4'],
    'both are in cooldown',
  );
  t.equal(again.get(draft('c3'))?.podId, 3);
  t.equal(readdirSync(join(directory, 'cooldown')).length, 2);
  t.notOk(existsSync(join(directory, 'resting')));
  t.end();
});
