// DEL while the daemon is away: kept beside the socket, for when it is back.
import {
  existsSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { basename, dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { deleteSpoolOf } from '../../../loader/agent/kept-deletes.ts';
import { HeddleError } from '../../../loader/errors.ts';
import { scratchFolder, serve } from '../../unit/api/served.ts';
import { configuration, errorOf, PLUGIN, pluginEnvironment, runPlugin } from './plugin.ts';

const SUCCESS = { exitCode: 0, stdout: '', stderr: '' };

/** Of a daemon that has been there, and is away. */
function absentSocket(t: Test): string {
  const socket = join(scratchFolder(t), 'heddled.sock');
  mkdirSync(deleteSpoolOf(socket), { mode: 0o700 });
  return socket;
}

function keptFor(socket: string): string[] {
  return readdirSync(deleteSpoolOf(socket)).sort();
}

const MISSPELT: Readonly<Record<string, (folder: string) => string>> = {
  'in no folder': folder => join(folder, 'misspelt', 'heddled.sock'),
  'in one where no daemon has been': folder => join(folder, 'heddled.sock'),
  'in the default folder': () => '/run/heddle/heddle.sock',
  'as a folder that begins like the default one': () => '/run/heddled/heddled.sock',
};

for (const [where, nameIn] of Object.entries(MISSPELT))
  t.test(`beside a socket ${where} nothing is made, and the runtime hears of it`, async t => {
    const socket = nameIn(scratchFolder(t));
    const hadFolder = existsSync(dirname(socket));
    const error = errorOf(await runPlugin(pluginEnvironment('DEL'), configuration({ socket })));
    t.equal(error.code, 11);
    t.match(error.msg, /nor can the delete be kept for it: No such file or directory/);
    t.notOk(existsSync(deleteSpoolOf(socket)));
    t.equal(existsSync(dirname(socket)), hadFolder);
  });

t.test('the default folders are made: after a boot they are absent', t => {
  const script = 'mount -t tmpfs none /run && "$0" && find /run/heddle -printf "%p %m %u\\n" | sort';
  const output = execFileSync('unshare', ['--mount', 'sh', '-c', script, PLUGIN], {
    env: { PATH: process.env['PATH'], ...pluginEnvironment('DEL') },
    input: configuration({ socket: '/run/heddle/heddled.sock' }),
    encoding: 'utf8',
  });
  const kept = '/run/heddle/heddled.sock.deletes';
  t.strictSame(output.trim().split('\n'), [
    '/run/heddle 755 root',
    `${kept} 700 root`,
    `${kept}/container-1:eth0 600 root`,
  ]);
  t.end();
});

t.test('it succeeds at once, and is on disk for root alone', async t => {
  const socket = absentSocket(t);
  const ids = ['container-1', `a${'_.-'.repeat(42)}z`];
  for (const CNI_CONTAINERID of ids)
    for (const CNI_IFNAME of ['eth0', 'fifteen-letters'])
      t.strictSame(
        await runPlugin(
          pluginEnvironment('DEL', { CNI_CONTAINERID, CNI_IFNAME }),
          configuration({ socket, cniVersion: '0.3.1' }),
        ),
        SUCCESS,
      );
  const folder = deleteSpoolOf(socket);
  t.strictSame(keptFor(socket), ids.flatMap(id => [`${id}:eth0`, `${id}:fifteen-letters`]).sort());
  t.equal(statSync(folder).mode & 0o777, 0o700);
  t.strictSame(JSON.parse(readFileSync(join(folder, 'container-1:eth0'), 'utf8')), {
    containerID: 'container-1',
    ifname: 'eth0',
    netns: '/run/netns/heddle-test',
  });
});

t.test('the same again is kept once, whatever is odd or absent', async t => {
  const socket = absentSocket(t);
  const env = pluginEnvironment('DEL', { CNI_NETNS: undefined, CNI_ARGS: 'odd', CNI_PATH: undefined });
  for (const fields of [{}, { name: undefined }, { prevResult: 5 }, { timeoutSeconds: 'soon' }])
    t.strictSame(await runPlugin(env, configuration({ socket, ...fields })), SUCCESS);
  t.strictSame(keptFor(socket), ['container-1:eth0']);
});

t.test('no other command is kept', async t => {
  const socket = absentSocket(t);
  for (const command of ['ADD', 'CHECK', 'GC', 'STATUS'])
    t.equal((await runPlugin(pluginEnvironment(command), configuration({ socket }))).exitCode, 1);
  t.strictSame(keptFor(socket), []);
});

t.test('a daemon that hangs, or asks to try again, finds it as well', async t => {
  const hanging = absentSocket(t);
  const server = createServer().listen(hanging);
  await once(server, 'listening');
  t.teardown(() => server.close());
  t.strictSame(
    await runPlugin(pluginEnvironment('DEL'), configuration({ socket: hanging, timeoutSeconds: 1 })),
    SUCCESS,
  );
  t.strictSame(keptFor(hanging), ['container-1:eth0']);

  const { attacher, socketPath: socket } = await serve(t);
  mkdirSync(deleteSpoolOf(socket), { mode: 0o700 });
  attacher.failure = new HeddleError('NOT_READY', 'not yet');
  t.strictSame(await runPlugin(pluginEnvironment('DEL'), configuration({ socket })), SUCCESS);
  t.strictSame(keptFor(socket), ['container-1:eth0']);
});

t.test('what the daemon refuses is not kept', async t => {
  const { attacher, socketPath: socket } = await serve(t);
  mkdirSync(deleteSpoolOf(socket), { mode: 0o700 });
  attacher.failure = new HeddleError('IO', 'the disk is full');
  t.equal(errorOf(await runPlugin(pluginEnvironment('DEL'), configuration({ socket }))).code, 5);
  t.strictSame(keptFor(socket), []);
});

const OBSTACLES: Readonly<Record<string, { make: (folder: string) => void; reason: RegExp }>> = {
  'is full': {
    make: folder => {
      mkdirSync(folder, { mode: 0o700 });
      for (let i = 0; i < 4_096; i++) writeFileSync(join(folder, `c${i}:eth0`), '');
    },
    reason: /No space left on device/,
  },
  'is open to others': {
    make: folder => {
      mkdirSync(folder);
      chmodSync(folder, 0o777);
    },
    reason: /Operation not permitted/,
  },
  'is a file': { make: folder => writeFileSync(folder, ''), reason: /Not a directory/ },
  'is a symbolic link': { make: folder => symlinkSync('/tmp', folder), reason: /Not a directory|symbolic/ },
  'has a folder of that name in it': {
    make: folder => mkdirSync(join(folder, 'container-1:eth0', 'x'), { recursive: true, mode: 0o700 }),
    reason: /Input\/output error/,
  },
};

for (const [what, { make, reason }] of Object.entries(OBSTACLES))
  t.test(`where the folder ${what}, the runtime is told to try again, and why`, async t => {
    const socket = join(scratchFolder(t), 'heddled.sock');
    make(deleteSpoolOf(socket));
    const error = errorOf(await runPlugin(pluginEnvironment('DEL'), configuration({ socket })));
    t.equal(error.code, 11);
    t.match(error.msg, /heddled cannot be reached at .*; nor can the delete be kept for it: /);
    t.match(error.msg, reason);
  });

t.test('a full folder takes what it has already', async t => {
  const socket = join(scratchFolder(t), 'heddled.sock');
  const folder = deleteSpoolOf(socket);
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, 'container-1:eth0'), '');
  for (let i = 1; i < 4_096; i++) writeFileSync(join(folder, `c${i}:eth0`), '');
  t.strictSame(await runPlugin(pluginEnvironment('DEL'), configuration({ socket })), SUCCESS);
});

t.test('a key that CNI forbids never names a file elsewhere', async t => {
  const socket = absentSocket(t);
  for (const CNI_CONTAINERID of ['../../x', '.hidden', 'a:b', 'a/b', 'x'.repeat(300)]) {
    const run = await runPlugin(pluginEnvironment('DEL', { CNI_CONTAINERID }), configuration({ socket }));
    t.equal(errorOf(run).code, 11, CNI_CONTAINERID);
  }
  t.strictSame(readdirSync(dirname(socket)), [basename(deleteSpoolOf(socket))]);
  t.strictSame(keptFor(socket), []);
});
