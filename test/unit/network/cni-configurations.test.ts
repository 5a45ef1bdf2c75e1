// Which network configuration a runtime uses, and what follows for new pods.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { foreignFirst, nextConfiguration } from '../../../loader/network/cni-configurations.ts';

const SOCKET = '/run/heddle/heddled.sock';
const OWN = '10-heddle.conflist';

function folderWith(t: Test, files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-cni-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return folder;
}

const ours = (settings: object = {}) => ({ plugins: [{ type: 'heddle-cni', ...settings }] });
const flannel = { plugins: [{ type: 'flannel' }, { type: 'portmap' }] };

const rows: readonly [string, Readonly<Record<string, unknown>>, RegExp | undefined][] = [
  ['nothing is there', {}, undefined],
  ['ours is the first', { [OWN]: ours(), '20-flannel.conflist': flannel }, undefined],
  ['another network is before it', { '05-flannel.conflist': flannel }, /names flannel, portmap, so new pods/],
  ['what is no configuration', { '05-x.conf': '{' }, /is not a network configuration/],
  ['what runtimes do not read', { '05-x.conf.bak': '{', [OWN]: ours() }, undefined],
  ['one that calls ours', { '05-multus.conf': { type: 'multus' } }, undefined],
  ['our plugin with this socket', { '05-heddle.conf': ours({ socket: SOCKET }) }, undefined],
  ['the same by another path', { '05-heddle.conf': ours({ socket: `/var${SOCKET}` }) }, undefined],
  ['our plugin with the default socket', { '05-heddle.conf': ours() }, undefined],
  [
    'our plugin with another',
    { '05-heddle.conf': ours({ socket: '/run/old' }) },
    /with the socket \/run\/old, and not/,
  ],
];

for (const [what, files, expected] of rows)
  t.test(what, t => {
    const sentence = foreignFirst(folderWith(t, files), OWN, SOCKET);
    if (expected === undefined) t.equal(sentence, undefined);
    else t.match(sentence, expected);
    t.end();
  });

t.test('what is used once ours is gone', t => {
  const use = (files: Readonly<Record<string, unknown>>) => nextConfiguration(folderWith(t, files))?.use;
  t.equal(use({}), undefined);
  t.match(use({ '20-flannel.conflist': flannel }), /new pods get their network from it \(flannel, portmap\)/);
  t.match(use({ '20-heddle.conflist': ours() }), /no pod can be added/);
  t.match(use({ '20-x.conf': '[]' }), /is not a network configuration/);
  t.end();
});
