// The log cannot be written, or nobody reads it: the daemon works all the same.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { stringify } from 'yaml';
import { builtFile } from '../../../lab/installation.ts';
import { askStatus } from '../../../loader/api/status-client.ts';
import { scratchConfig, scratchNode, type ScratchNode } from '../../support/scratch-daemon.ts';
import { until } from '../../support/until.ts';

t.setTimeout(300_000);

function started(t: Test, node: ScratchNode, prefix: readonly string[]): ChildProcess {
  const file = join(node.directory, 'heddled.yaml');
  writeFileSync(file, stringify({ ...scratchConfig(node), log: { level: 'debug' } }));
  const argv = [...prefix, process.execPath, builtFile('heddled.mjs'), '--config', file];
  const daemon = spawn('nsenter', [`--net=${node.netns}`, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(async () => {
    if (daemon.exitCode !== null) return;
    daemon.kill('SIGKILL');
    await once(daemon, 'close');
  });
  return daemon;
}

const ip = (node: ScratchNode, ...words: string[]): string =>
  execFileSync('nsenter', [`--net=${node.netns}`, 'ip', ...words], { encoding: 'utf8' });

/** It becomes ready, mends what is taken away, and ends when it is told to. */
async function assertWorks(t: Test, node: ScratchNode, daemon: ChildProcess): Promise<void> {
  const socket = join(node.directory, 'run/heddled.sock');
  const isReady = async (): Promise<boolean> => (await askStatus(socket))?.ready === true;
  t.ok(await until(isReady), 'it is ready');
  for (let i = 0; i < 100; i++) {
    ip(node, 'link', 'add', `noise${i}`, 'type', 'veth', 'peer', 'name', `peer${i}`);
    ip(node, 'link', 'delete', `noise${i}`);
  }
  ip(node, 'address', 'flush', 'dev', 'heddle0');
  t.ok(await until(() => ip(node, 'address', 'show', 'dev', 'heddle0').includes('10.9.0.1')), 'it mends');
  t.ok(await until(isReady), 'and answers');
  const ended = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  t.strictSame(await ended, [0, null]);
}

t.test('a log that is full', async t => {
  const node = scratchNode(t);
  const daemon = started(t, node, ['sh', '-c', 'exec "$@" > /dev/full', 'sh']);
  await assertWorks(t, node, daemon);
});

t.test('a log that nobody reads', async t => {
  const node = scratchNode(t);
  const daemon = started(t, node, []);
  daemon.stdout?.pause();
  await assertWorks(t, node, daemon);
});
