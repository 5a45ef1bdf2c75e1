// Deletes that the plugin kept: each is carried out once, before anything of its container is attached again.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DeleteSpool } from '../../../loader/agent/delete-spool.ts';
import { deleteSpoolOf } from '../../../loader/agent/kept-deletes.ts';
import { KeyedMutex } from '../../../loader/async/keyed-mutex.ts';
import { attachmentId, type AttachmentKey } from '../../../loader/model/attachment.ts';
import { until } from '../../support/until.ts';
import { scratchFolder } from '../api/served.ts';

interface Daemon {
  readonly spool: DeleteSpool;
  readonly mutex: KeyedMutex;
  readonly removed: string[];
  readonly done: string[][];
  readonly problems: () => readonly string[];
  /** Thrown by `remove`. */
  failure: Error | undefined;
}

function socketIn(t: Test): string {
  return join(scratchFolder(t), 'heddled.sock');
}

function keep(socket: string, ...names: string[]): void {
  const folder = deleteSpoolOf(socket);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of names) writeFileSync(join(folder, name), '');
}

function daemon(t: Test, socket: string): Daemon {
  const mutex = new KeyedMutex();
  const [removed, done]: [string[], string[][]] = [[], []];
  let problems: readonly string[] = [];
  const self: { failure: Error | undefined } = { failure: undefined };
  const spool = new DeleteSpool({
    ...{ socket, mutex },
    remove: (key: AttachmentKey) => {
      if (self.failure !== undefined) return Promise.reject(self.failure);
      removed.push(attachmentId(key));
      return Promise.resolve();
    },
    onDone: keys => done.push(keys.map(attachmentId)),
    onProblems: now => (problems = now),
  });
  t.teardown(() => spool[Symbol.dispose]());
  return Object.assign(self, { spool, mutex, removed, done, problems: () => problems });
}

const left = (socket: string): string[] => readdirSync(deleteSpoolOf(socket)).sort();

t.test('all are carried out when the start goes on, each once', async t => {
  const socket = socketIn(t);
  keep(socket, 'c1:eth0', 'c1:net1', 'c2:eth0');
  const first = daemon(t, socket);
  await first.spool.start();
  t.strictSame(first.removed.sort(), ['c1/eth0', 'c1/net1', 'c2/eth0']);
  t.equal(first.done.length, 1);
  t.strictSame(left(socket), []);
  const second = daemon(t, socket);
  await second.spool.start();
  t.strictSame(second.removed, []);
  t.strictSame(second.problems(), []);
});

t.test('one that comes while the daemon is there is seen', async t => {
  const socket = socketIn(t);
  const { spool, removed } = daemon(t, socket);
  await spool.start();
  keep(socket, 'c1:eth0');
  t.ok(await until(() => removed.length === 1 && left(socket).length === 0));
});

t.test('an ADD of the same container comes after it', async t => {
  const socket = socketIn(t);
  const { spool, mutex, removed } = daemon(t, socket);
  keep(socket, 'c1:eth0', 'c2:eth0');
  await mutex.run('c1', async () => {
    await spool.settle({ containerId: 'c1', ifname: 'eth0' });
    t.strictSame(removed, ['c1/eth0'], 'and of no other');
    await spool.settle({ containerId: 'c1', ifname: 'eth0' });
    t.strictSame(removed, ['c1/eth0'], 'once');
  });
  t.strictSame(left(socket), ['c2:eth0']);
});

t.test('one that comes during an ADD of its container waits for the end of the ADD', async t => {
  const socket = socketIn(t);
  const { spool, mutex, removed } = daemon(t, socket);
  keep(socket, 'c1:eth0', 'c2:eth0');
  const started = await mutex.run('c1', async () => {
    const start = spool.start();
    t.ok(await until(() => removed.includes('c2/eth0')));
    t.notOk(removed.includes('c1/eth0'));
    return { start };
  });
  await started.start;
  t.ok(removed.includes('c1/eth0'));
});

t.test('what cannot be removed yet stays, is told, and stops nothing', async t => {
  const socket = socketIn(t);
  keep(socket, 'c1:eth0');
  const node = daemon(t, socket);
  node.failure = new Error('the disk is full');
  await node.spool.start();
  t.match(node.problems(), [
    /^container c1 was deleted, and cannot be removed completely yet: the disk is full$/,
  ]);
  t.strictSame(left(socket), ['c1:eth0']);
  node.failure = undefined;
  keep(socket, 'c2:eth0'); // wakes it
  t.ok(await until(() => left(socket).length === 0 && node.problems().length === 0));
});

t.test(
  'what is no delete is told by name and left alone; what is being written is not looked at',
  async t => {
    const socket = socketIn(t);
    const junk = ['README', 'c1', ':eth0', '-c:eth0', 'c1:', 'c1:a b', 'c1:eth0:x', 'c1:sixteen-letters!'];
    keep(socket, 'good:eth0', '.12345', ...junk);
    const { spool, removed, problems } = daemon(t, socket);
    await spool.start();
    t.strictSame(removed, ['good/eth0']);
    t.strictSame(left(socket), ['.12345', ...junk].sort());
    t.equal(problems().length, junk.length);
    for (const problem of problems()) t.match(problem, / is not a delete of the CNI plugin: remove it$/);
  },
);

t.test('a folder that others can write to, or that is none, is told, and nothing in it is done', async t => {
  const open = socketIn(t);
  keep(open, 'c1:eth0');
  chmodSync(deleteSpoolOf(open), 0o777);
  const file = socketIn(t);
  writeFileSync(deleteSpoolOf(file), '');
  for (const [socket, why] of [
    [open, /others than root can write to .*: chown 0:0 and chmod 0700 it/],
    [file, /is not a directory/],
  ] as const) {
    const { spool, removed, problems } = daemon(t, socket);
    await spool.start();
    t.strictSame(removed, []);
    t.match(problems(), [why]);
  }
});

t.test('no folder at all is made for the next one', async t => {
  const socket = join(scratchFolder(t), 'a', 'heddled.sock');
  const { spool, problems } = daemon(t, socket);
  await spool.start();
  t.strictSame(problems(), []);
  t.strictSame(left(socket), []);
});
