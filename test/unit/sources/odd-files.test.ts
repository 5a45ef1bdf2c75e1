// A directory entry that is no whole regular file. The kind: one file stops the reading of all others, or its state of a
// moment is taken for what it says. Examples: a FIFO, a device, a file of gigabytes, a link whose target is not mounted; a file
// that an editor or a shell has just truncated, or written the first half of.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { podKey, type ClusterState } from '../../../loader/model/objects.ts';
import { ManifestDirectory } from '../../../loader/sources/manifests/directory.ts';
import { podText, put, temporaryDirectory, watched } from './directory.ts';

const key = (name: string) => podKey({ namespace: 'default', name });
/** Longer than any pause between two writes of a test. */
const SETTLE_MS = 3_000;
const has = (name: string) => (state: ClusterState) => state.pods.has(key(name));

const ODD: readonly (readonly [what: string, make: (path: string) => void, problem: RegExp])[] = [
  ['a FIFO', path => execFileSync('mkfifo', [path]), /odd\.yaml: cannot be read: it is not a regular file/],
  ['a link to a device', path => symlinkSync('/dev/zero', path), /odd\.yaml: cannot be read: it is not a/],
  ['a file of gigabytes', path => hole(path, 3 * 2 ** 30), /odd\.yaml: cannot be read: it has 3072 MiB/],
  [
    'a link to nothing',
    path => symlinkSync('/nonexistent/odd.yaml', path),
    /odd\.yaml: cannot be read: .*link/,
  ],
];

for (const [what, make, problem] of ODD) {
  t.test(`${what} is a problem at the start, and the other files are read`, async t => {
    const directory = temporaryDirectory(t);
    put(directory, 'a.yaml', podText('a'));
    make(join(directory, 'odd.yaml'));
    const { state, problems, until } = await watched(t, { directory, nodeName: 'a' });
    t.ok(has('a')(state()));
    t.match(problems(), [problem]);
    rmSync(join(directory, 'odd.yaml'));
    await until((_, sentences) => sentences.length === 0);
  });

  t.test(`${what} in place of a file: what the file said stays, and the others are followed`, async t => {
    const directory = temporaryDirectory(t);
    put(directory, 'a.yaml', podText('a'));
    put(directory, 'odd.yaml', podText('odd'));
    const { until } = await watched(t, { directory, nodeName: 'a' });
    make(join(directory, '.odd.new'));
    renameSync(join(directory, '.odd.new'), join(directory, 'odd.yaml'));
    put(directory, 'b.yaml', podText('b'));
    await until((state, sentences) => has('b')(state) && problem.test(sentences.join()));
    await until(has('odd'));
    put(directory, 'odd.yaml', podText('even'));
    await until((state, sentences) => has('even')(state) && !has('odd')(state) && sentences.length === 0);
  });
}

t.test('a file that was truncated in place says what it said, until it has text or is removed', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'a.yaml', podText('a'));
  put(directory, 'b.yaml', podText('b'));
  const { until, state } = await watched(t, { directory, nodeName: 'a', rescanMs: 50 });
  truncateSync(join(directory, 'a.yaml'));
  await until((_, sentences) => /a\.yaml: it is empty: .*remove it/.test(sentences.join()));
  t.ok(has('a')(state()));
  writeFileSync(join(directory, 'a.yaml'), podText('a2'));
  await until((next, sentences) => has('a2')(next) && !has('a')(next) && sentences.length === 0);
  truncateSync(join(directory, 'a.yaml'));
  rmSync(join(directory, 'a.yaml'));
  await until((next, sentences) => !has('a2')(next) && sentences.length === 0);
});

t.test(
  'a file that never said anything may be empty, and one of comments says that nothing is there',
  async t => {
    const directory = temporaryDirectory(t);
    put(directory, 'a.yaml', podText('a'));
    writeFileSync(join(directory, 'empty.yaml'), '');
    const { until, problems } = await watched(t, { directory, nodeName: 'a' });
    t.strictSame(problems(), []);
    put(directory, 'b.yaml', podText('b'));
    put(directory, 'a.yaml', '# nothing at present\n');
    await until((state, sentences) => !has('a')(state) && has('b')(state) && sentences.length === 0);
  },
);

t.test('a file that is written in place, document by document, loses no object on the way', async t => {
  const directory = temporaryDirectory(t);
  const names = ['a', 'b', 'c'];
  const text = (ip: string): string => names.map(name => podText(name, { ip })).join('---\n');
  put(directory, 'all.yaml', text('10.1.0.1'));
  const { until, state } = await watched(t, { directory, nodeName: 'a', settleMs: SETTLE_MS, rescanMs: 10 });
  const states: number[] = [];
  const file = openSync(join(directory, 'all.yaml'), 'w');
  for (const part of text('10.1.0.2').split(/(?<=---\n)/)) {
    writeSync(file, part);
    await sleep(30);
    states.push(state().pods.size);
  }
  closeSync(file);
  t.strictSame(states, [3, 3, 3]);
  await until(next => names.every(name => next.pods.get(key(name))?.addresses[0] === '10.1.0.2'));
});

t.test('a file that is made in place, document by document, is not read before it is whole', async t => {
  const directory = temporaryDirectory(t);
  const names = ['a', 'b', 'c'];
  const { until, state } = await watched(t, { directory, nodeName: 'a', settleMs: SETTLE_MS, rescanMs: 10 });
  const states: number[] = [];
  const file = openSync(join(directory, 'all.yaml'), 'w');
  for (const name of names) {
    writeSync(file, `${podText(name)}---\n`);
    await sleep(30);
    states.push(state().pods.size);
  }
  closeSync(file);
  t.strictSame(states, [0, 0, 0]);
  await until(next => names.every(name => has(name)(next)));
});

t.test('a file that has rested elsewhere is read at once, under any name', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'a.yaml', podText('a'));
  const { until } = await watched(t, { directory, nodeName: 'a', settleMs: 3_600_000 });
  writeFileSync(join(directory, '.b'), podText('b'));
  utimesSync(join(directory, '.b'), 0, 0);
  renameSync(join(directory, '.b'), join(directory, 'b.yaml'));
  await until(state => has('a')(state) && has('b')(state));
  renameSync(join(directory, 'b.yaml'), join(directory, 'c.yaml'));
  await until(has('b'));
});

t.test('a new file is not read before one that was made earlier', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'a.yaml', podText('a'));
  const known = new ManifestDirectory(directory, { settleMs: 3_600_000 });
  await known.scan(true);
  put(directory, 'b.yaml', podText('b'));
  await known.read(['b.yaml']);
  t.strictSame(known.unsettled, ['b.yaml']);
  put(directory, 'c.yaml', podText('c'));
  for (const name of ['b.yaml', 'c.yaml']) utimesSync(join(directory, name), 0, 0);
  await known.read(['c.yaml']);
  t.strictSame([...known.objects()].map(([name]) => name).sort(), ['a.yaml', 'b.yaml', 'c.yaml']);
});

t.test('a file that was changed in place is read while others change all the time', async t => {
  const directory = temporaryDirectory(t);
  put(directory, 'a.yaml', podText('a'));
  put(directory, 'busy.yaml', podText('busy'));
  const { until } = await watched(t, { directory, nodeName: 'a', settleMs: 500, rescanMs: 3_600_000 });
  let round = 0;
  const busy = setInterval(() => put(directory, 'busy.yaml', podText('busy', { uid: `u-${++round}` })), 20);
  t.teardown(() => clearInterval(busy));
  writeFileSync(join(directory, 'a.yaml'), podText('a2'));
  await until(has('a2'));
});

t.test('a directory that is replaced by another is followed at once, without a rescan', async t => {
  const root = temporaryDirectory(t);
  const directory = join(root, 'manifests');
  const next = join(root, 'next');
  for (const path of [directory, next]) mkdirSync(path);
  put(directory, 'a.yaml', podText('a'));
  put(next, 'b.yaml', podText('b'));
  const { until } = await watched(t, { directory, nodeName: 'a', rescanMs: 3_600_000 });
  renameSync(directory, join(root, 'old'));
  renameSync(next, directory);
  await until(state => has('b')(state) && !has('a')(state));
  put(directory, 'c.yaml', podText('c'));
  await until(has('c'));
});

function hole(path: string, bytes: number): void {
  closeSync(openSync(path, 'w'));
  truncateSync(path, bytes);
}
