// What comes through a former configuration while this one starts.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { installationOf } from '../../../loader/agent/installation.ts';
import { deleteSpoolOf } from '../../../loader/agent/kept-deletes.ts';
import { removeLeftovers } from '../../../loader/agent/leftovers.ts';
import { loadConfig } from '../../../loader/config.ts';

// Kind: a delete is kept where no daemon looks. Examples: beside the socket of a former configuration, beside the default one that
// the plugin makes by itself, one that is kept there twice, one that is here already.
t.test('deletes beside a former socket are taken over', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-leftovers-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const config = loadConfig({ argv: ['--node-name', 'a'], env: {}, readFile: () => undefined });
  const current = { ...installationOf(config), socket: join(folder, 'b/heddled.sock') };
  const former = { ...current, socket: join(folder, 'a/heddled.sock') };
  for (const [socket, names] of [
    [former.socket, ['c1:eth0', 'c2:eth0']],
    [current.socket, ['c2:eth0', 'c3:eth0']],
  ] as const) {
    mkdirSync(deleteSpoolOf(socket), { recursive: true, mode: 0o700 });
    for (const name of names) writeFileSync(join(deleteSpoolOf(socket), name), '');
  }
  const nft = (): never => {
    throw new Error('no table is removed');
  };
  const changes = await removeLeftovers(former, current, { nft: { run: nft } as never, config });
  t.match(changes, [{ subject: deleteSpoolOf(former.socket), action: '1 deletes of pods were taken over' }]);
  t.strictSame(readdirSync(deleteSpoolOf(current.socket)).sort(), ['c1:eth0', 'c2:eth0', 'c3:eth0']);
  t.notOk(existsSync(deleteSpoolOf(former.socket)));
  t.strictSame(await removeLeftovers(former, current, { nft: { run: nft } as never, config }), []);
});
