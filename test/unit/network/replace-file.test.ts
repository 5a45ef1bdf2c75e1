// Files of the node's are whole, have their mode, and are not written without need.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { removeCniFiles } from '../../../loader/network/cni-files.ts';
import { freshFile, replaceFile } from '../../../loader/network/replace-file.ts';

const TEXT = Buffer.from('text');

function folder(t: Test): string {
  const made = mkdtempSync(join(tmpdir(), 'heddle-replace-'));
  t.teardown(() => rmSync(made, { recursive: true }));
  return made;
}

t.test('it is written with its folder, once', t => {
  const path = join(folder(t), 'below', 'file');
  t.match(replaceFile(path, TEXT, 0o755), { changes: [{ subject: path, action: 'written' }] });
  t.equal(statSync(path).mode & 0o777, 0o755);
  t.strictSame(replaceFile(path, TEXT, 0o755), { changes: [] }, 'nothing is to be done');
  t.strictSame(readdirSync(join(path, '..')), ['file'], 'nothing stays beside it');
  t.end();
});

t.test('another content or another mode is replaced', t => {
  const path = join(folder(t), 'file');
  writeFileSync(path, 'other');
  t.equal(replaceFile(path, TEXT, 0o644).changes.length, 1);
  chmodSync(path, 0o600);
  t.equal(replaceFile(path, TEXT, 0o644).changes.length, 1);
  t.equal(readFileSync(path, 'utf8'), 'text');
  t.end();
});

t.test(
  'what cannot be written is a refusal with its reason, without the name of a file that nobody knows',
  t => {
    const inTheWay = join(folder(t), 'file');
    writeFileSync(inTheWay, '');
    const { changes, refusal = '' } = replaceFile(join(inTheWay, 'below'), TEXT, 0o644);
    t.strictSame(changes, []);
    t.match(refusal, /^(ENOTDIR|EEXIST)/);
    t.notMatch(refusal, /'/);
    t.end();
  },
);

t.test('a writer that is killed or fails leaves nothing for good', t => {
  const parent = folder(t);
  const path = join(parent, 'file');
  writeFileSync(freshFile(path), 'half of');
  t.equal(replaceFile(path, TEXT, 0o644).changes.length, 1);
  t.strictSame(readdirSync(parent), ['file'], 'the next one replaces it');
  const inTheWay = join(parent, 'folder');
  mkdirSync(join(inTheWay, 'full'), { recursive: true });
  t.ok(replaceFile(inTheWay, TEXT, 0o644).refusal);
  t.strictSame(readdirSync(parent), ['file', 'folder'], 'one that cannot put it in its place removes it');
  writeFileSync(freshFile(join(parent, 'heddle-cni')), 'half of');
  t.strictSame(removeCniFiles({ binDir: parent, confFile: '' }), []);
  t.strictSame(readdirSync(parent), ['file', 'folder'], 'cleanup removes it');
  t.end();
});
