// Places that cannot be written when the daemon starts: what pods need goes on, and what the daemon only notes waits.
//
// Kind: bookkeeping that fails stops the work. Examples: the record of the installation on a disk that is full, read-only, or
// without inodes (a start), the record of sysctls (forwarding); records of attachments: unwritable-delete.test.ts.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { askStatus } from '../../../loader/api/status-client.ts';
import { until } from '../../support/until.ts';
import { isReady, place, READ_ONLY, running, type Obstacle, type Place } from './state-file-system.ts';

t.setTimeout(600_000);

const fill = ({ state }: Place): void => {
  try {
    writeFileSync(join(state, 'filled'), Buffer.alloc(1 << 20));
  } catch {
    // as it should be
  }
};

const FULL: Readonly<Record<string, Obstacle>> = {
  full: { spoil: fill, cure: ({ state }) => rmSync(join(state, 'filled')) },
  'read-only': READ_ONLY,
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
