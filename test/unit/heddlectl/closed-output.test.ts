// Standard output that takes no more: the exit status stays the command's, a full disk is said, and what has begun is taken away.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { builtFile } from '../../../lab/installation.ts';

const folder = t.testdir({
  'bad.yaml': 'apiVersion: v1\nkind: Nothing\n',
  'good.yaml':
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: a }\nspec: { podSelector: {} }\n',
});
const check = (name: string): readonly string[] => ['policy', 'check', join(folder, name)];

/** With a standard output whose reader goes before anything is written, or that is that file. */
async function run(words: readonly string[], file?: string): Promise<{ code: number; stderr: string }> {
  const stdout = file === undefined ? 'pipe' : openSync(file, 'w');
  const child = spawn(process.execPath, [builtFile('heddlectl.mjs'), ...words], {
    stdio: ['ignore', stdout, 'pipe'],
  });
  child.stdout?.destroy();
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, stderr };
}

t.test('a reader that has gone changes no exit status', async t => {
  t.strictSame(await run(check('good.yaml')), { code: 0, stderr: '' });
  t.strictSame(await run(check('bad.yaml')), { code: 1, stderr: '' }, 'the answer is no');
  t.strictSame(await run(['completion', 'bash']), { code: 0, stderr: '' });
  t.match(await run(['policy', 'delet']), { code: 2 });
});

t.test('a disk that is full is a failure, and said', async t => {
  const said = /^heddlectl: standard output cannot be written: ENOSPC: no space left on device, write\n$/;
  for (const words of [check('good.yaml'), ['version'], ['completion', 'bash'], ['-j', 'lab', 'list']])
    t.match(await run(words, '/dev/full'), { code: 1, stderr: said }, words.join(' '));
});

t.test('what cannot be written whole is not left in half', async t => {
  const archive = join(folder, 'full.tar.gz');
  symlinkSync('/dev/full', archive);
  const { code, stderr } = await run(['--pin-root', '/nowhere', 'sysdump', '--time', '1s', archive]);
  t.match({ code, stderr }, { code: 1, stderr: /the archive cannot be written: ENOSPC/ });
  t.ok(existsSync(archive), 'a device and a link are not ours to remove');
});
