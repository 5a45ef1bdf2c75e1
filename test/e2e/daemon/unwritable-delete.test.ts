// Pods that are deleted while the state directory cannot be written, and what somebody removes beside a running daemon.
import { existsSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { deleteSpoolOf } from '../../../loader/agent/kept-deletes.ts';
import { addNetns, removeNetns } from '../../../lab/iproute.ts';
import { eventually, until } from '../../support/until.ts';
import { runPlugin, type PluginRun } from '../cni-plugin/plugin.ts';
import { isReady, place, READ_ONLY, running, type Obstacle, type Place } from './state-file-system.ts';

t.setTimeout(600_000);

function call(at: Place, netns: string, command: string): Promise<PluginRun> {
  const environment = {
    ...{ CNI_COMMAND: command, CNI_CONTAINERID: 'c1', CNI_IFNAME: 'eth0', CNI_NETNS: netns },
    CNI_PATH: '/opt/cni/bin',
  };
  const config = { cniVersion: '1.1.0', name: 'heddle', type: 'heddle-cni', socket: at.socket };
  return runPlugin(environment, JSON.stringify(config));
}

const UNMOVABLE: Readonly<Record<string, Obstacle>> = {
  'read-only': READ_ONLY,
  'without its folder of released records, in whose place a file is': {
    spoil: ({ state }) => {
      renameSync(join(state, 'cooldown'), join(state, 'away'));
      writeFileSync(join(state, 'cooldown'), '');
    },
    cure: ({ state }) => {
      rmSync(join(state, 'cooldown'));
      renameSync(join(state, 'away'), join(state, 'cooldown'));
    },
  },
  'without it, in whose place a link leads to itself': {
    spoil: ({ state }) => {
      renameSync(join(state, 'cooldown'), join(state, 'away'));
      symlinkSync(join(state, 'cooldown'), join(state, 'cooldown'));
    },
    cure: ({ state }) => {
      rmSync(join(state, 'cooldown'));
      renameSync(join(state, 'away'), join(state, 'cooldown'));
    },
  },
};

for (const [title, { spoil, cure }] of Object.entries(UNMOVABLE))
  t.test(`a DEL on a state directory that is ${title} succeeds, and is completed later`, async t => {
    const at = place(t);
    const netns = `${at.node.netns}-pod`;
    addNetns(netns);
    t.teardown(() => removeNetns(netns));
    const spool = deleteSpoolOf(at.socket);
    const records = (): string[] => readdirSync(join(at.state, 'attachments'));
    await running(at, async () => {
      t.ok(await until(() => isReady(at)));
      t.equal((await call(at, netns, 'ADD')).exitCode, 0);
      spoil(at);
      t.strictSame(await call(at, netns, 'DEL'), { exitCode: 0, stdout: '', stderr: '' });
      t.strictSame(await eventually(() => readdirSync(spool), ['c1:eth0']), ['c1:eth0'], 'kept');
      t.equal(records().length, 1, 'its address stays taken');
      const isTold = async (): Promise<boolean> =>
        (await askStatus(at.socket))?.problems.some(one => /^container c1 was deleted/.test(one)) === true;
      t.ok(await until(isTold), 'and that is told');
      cure(at);
      t.ok(
        await until(() => readdirSync(spool).length === 0 && records().length === 0),
        'then it is released',
      );
      t.ok(await until(async () => (await askStatus(at.socket))?.problems.length === 0), 'which ends it');
    });
  });

t.test('an ADD after a DEL that could neither be completed nor kept completes it', async t => {
  const at = place(t);
  const netns = `${at.node.netns}-pod`;
  addNetns(netns);
  t.teardown(() => removeNetns(netns));
  await running(at, async () => {
    t.ok(await until(() => isReady(at)));
    t.equal((await call(at, netns, 'ADD')).exitCode, 0);
    READ_ONLY.spoil(at);
    rmSync(deleteSpoolOf(at.socket), { recursive: true });
    writeFileSync(deleteSpoolOf(at.socket), 'no folder');
    t.match(JSON.parse((await call(at, netns, 'DEL')).stdout), {
      code: 5,
      msg: /state directory .*EROFS/,
    });
    READ_ONLY.cure(at);
    const again = await call(at, netns, 'ADD');
    t.equal(again.exitCode, 0, again.stdout);
  });
});

// Kind: what is removed beside a running daemon stays away. Examples: each file by which a later start or cleanup finds its things.
t.test('what somebody removes is written anew', async t => {
  const at = place(t);
  await running(at, async () => {
    t.ok(await until(() => isReady(at)));
    const files = [
      join(at.node.directory, 'run/sysctls.json'),
      join(at.state, 'installation.json'),
      join(at.node.pinRoot, 'state'),
      deleteSpoolOf(at.socket),
    ];
    for (const file of files) rmSync(file, { recursive: true });
    for (const file of files) t.ok(await until(() => existsSync(file)), file);
  });
});
