// Places that cannot be written: what pods need goes on, and what the daemon only notes waits.
//
// Kind: bookkeeping that fails stops the work. Examples: the record of the installation (a start), of sysctls (forwarding), of an
// attachment (DEL, and the ADD after it).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { deleteSpoolOf } from '../../../loader/agent/kept-deletes.ts';
import { addNetns, removeNetns } from '../../../lab/iproute.ts';
import { runDaemon, scratchConfig, scratchNode, type ScratchNode } from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';
import { runPlugin, type PluginRun } from '../cni-plugin/plugin.ts';

t.setTimeout(600_000);

interface Place {
  readonly node: ScratchNode;
  readonly state: string;
  readonly socket: string;
  readonly mount: (...words: readonly string[]) => void;
}

/** A node whose state directory is a file system of its own. */
function place(t: Test): Place {
  const node = scratchNode(t);
  const state = join(node.directory, 'state');
  mkdirSync(state);
  const mount = (...words: readonly string[]): void => void execFileSync('mount', [...words, state]);
  mount('-t', 'tmpfs', '-o', 'size=400k,nr_inodes=100', 'heddle-test');
  t.teardown(() => execFileSync('umount', ['-l', state]));
  return { node, state, socket: join(node.directory, 'run/heddled.sock'), mount };
}

const isReady = async ({ socket }: Place): Promise<boolean> => (await askStatus(socket))?.ready === true;

async function running<T>(at: Place, action: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const daemon = runDaemon(at.node, scratchConfig(at.node), { stop: stop.signal });
  try {
    return await action();
  } finally {
    stop.abort();
    await daemon;
  }
}

interface Obstacle {
  readonly spoil: (at: Place) => void;
  readonly cure: (at: Place) => void;
}

const fill = ({ state }: Place): void => {
  try {
    writeFileSync(join(state, 'filled'), Buffer.alloc(1 << 20));
  } catch {
    // as it should be
  }
};

const FULL: Readonly<Record<string, Obstacle>> = {
  full: { spoil: fill, cure: ({ state }) => rmSync(join(state, 'filled')) },
  'read-only': {
    spoil: ({ mount }) => mount('-o', 'remount,ro'),
    cure: ({ mount }) => mount('-o', 'remount,rw'),
  },
  'without inodes': {
    spoil: ({ state }) => {
      mkdirSync(join(state, 'many'));
      for (let i = 0; existsSync(join(state, 'many')); i++)
        try {
          writeFileSync(join(state, 'many', String(i)), '');
        } catch {
          return;
        }
    },
    cure: ({ state }) => rmSync(join(state, 'many'), { recursive: true }),
  },
};

for (const [title, { spoil, cure }] of Object.entries(FULL))
  t.test(`a start on a state directory of before that is ${title} waits, and goes on by itself`, async t => {
    const at = place(t);
    await running(at, async () => t.ok(await until(() => isReady(at)), 'its folders are there'));
    spoil(at);
    await running(at, async () => {
      const isTold = async (): Promise<boolean> =>
        (await askStatus(at.socket))?.unmet[0]?.name === 'state-directory';
      t.ok(await until(isTold), 'it waits, and says for what');
      cure(at);
      t.ok(await until(() => isReady(at)), 'and goes on');
    });
  });

function call(at: Place, netns: string, command: string): Promise<PluginRun> {
  const environment = {
    ...{ CNI_COMMAND: command, CNI_CONTAINERID: 'c1', CNI_IFNAME: 'eth0', CNI_NETNS: netns },
    CNI_PATH: '/opt/cni/bin',
  };
  const config = { cniVersion: '1.1.0', name: 'heddle', type: 'heddle-cni', socket: at.socket };
  return runPlugin(environment, JSON.stringify(config));
}

const UNMOVABLE: Readonly<Record<string, Obstacle>> = {
  'read-only': {
    spoil: ({ mount }) => mount('-o', 'remount,ro'),
    cure: ({ mount }) => mount('-o', 'remount,rw'),
  },
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
      t.strictSame(readdirSync(spool), ['c1:eth0'], 'kept');
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
    at.mount('-o', 'remount,ro');
    rmSync(deleteSpoolOf(at.socket), { recursive: true });
    writeFileSync(deleteSpoolOf(at.socket), 'no folder');
    t.match(JSON.parse((await call(at, netns, 'DEL')).stdout), {
      code: 5,
      msg: /state directory .*EROFS/,
    });
    at.mount('-o', 'remount,rw');
    const again = await call(at, netns, 'ADD');
    t.equal(again.exitCode, 0, again.stdout);
  });
});

t.test('forwarding is written where what sysctls were before cannot be', async t => {
  const at = place(t);
  const sysctl = (...words: readonly string[]): string =>
    execFileSync('nsenter', [`--net=${at.node.netns}`, 'sysctl', '-n', ...words], {
      encoding: 'utf8',
    }).trim();
  sysctl('-w', 'net.ipv4.ip_forward=0');
  const record = join(at.node.directory, 'run/sysctls.json');
  mkdirSync(record, { recursive: true });
  await running(at, async () => {
    t.ok(await until(() => isReady(at)), 'pods are served');
    t.equal(sysctl('net.ipv4.ip_forward'), '1');
    const isTold = async (): Promise<boolean> =>
      (await askStatus(at.socket))?.problems.some(one => /sysctls\.json cannot be written/.test(one)) ===
      true;
    t.ok(await until(isTold), 'a cleanup would not know what was before');
    rmSync(record, { recursive: true });
    t.ok(await until(() => existsSync(record)), 'it is written once it can be');
    t.ok(await until(async () => !(await isTold())));
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
