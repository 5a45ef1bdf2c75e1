// The daemon hangs for longer than the plugin waits, then goes on: what was given up is undone, and a retry works.
//
// The kind: an answer comes when nobody waits for it any more. The daemon was stopped before the call, in the middle of it,
// with several calls waiting, or with a DEL.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { serve, type Served } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, PLUGIN, type PluginRun } from './plugin.ts';
import { until } from '../../support/until.ts';

const HANG_MS = 3_000;

/** This process is the daemon: nothing in it runs meanwhile, as under SIGSTOP. */
function hang(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HANG_MS);
}

interface Call {
  readonly command: string;
  readonly containerId: string;
  readonly timeoutSeconds?: number;
}

/** Its standard input is a file: nothing of the call waits for this process. */
async function call(
  { socketPath: socket }: Served,
  { command, containerId, timeoutSeconds = 1 }: Call,
): Promise<PluginRun> {
  const file = join(mkdtempSync(join(tmpdir(), 'heddle-hang-')), 'config');
  writeFileSync(file, configuration({ socket, timeoutSeconds }));
  const stdin = openSync(file, 'r');
  const env = pluginEnvironment(command, { CNI_CONTAINERID: containerId });
  const child = spawn(PLUGIN, [], { env, stdio: [stdin, 'pipe', 'inherit'] });
  closeSync(stdin);
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  rmSync(dirname(file), { recursive: true });
  return { exitCode, stdout, stderr: '' };
}

async function assertRetry(t: Test, served: Served): Promise<void> {
  served.attacher.delayMs = 0;
  for (const containerId of ['c1', 'successor']) {
    const { exitCode, stdout } = await call(served, { command: 'ADD', containerId });
    t.equal(exitCode, 0, `${containerId}: ${stdout}`);
  }
}

t.test('stopped before the calls: none of them is begun', async t => {
  const served = await serve(t);
  const calls = ['c1', 'c2', 'c3', 'c1'].map(containerId => call(served, { command: 'ADD', containerId }));
  hang();
  for (const given of await Promise.all(calls)) t.equal(errorOf(given).code, 11);
  // A DEL of each is what the runtime does next; here it does nothing, as where it was killed, too.
  await t.resolves(call(served, { command: 'STATUS', containerId: '' }), 'the daemon goes on');
  t.equal(served.attacher.attachments.size, 0);
  await assertRetry(t, served);
});

t.test('stopped in the middle of an ADD: it is undone', async t => {
  const served = await serve(t);
  served.attacher.delayMs = 100;
  const adding = call(served, { command: 'ADD', containerId: 'c1' });
  t.ok(await until(() => served.attacher.added.length > 0));
  hang();
  t.equal(errorOf(await adding).code, 11);
  t.ok(await until(() => served.attacher.deleted.length > 0));
  t.equal(served.attacher.attachments.size, 0);
  await assertRetry(t, served);
});

t.test('an ADD that waits behind another of its container is given up: it is not begun', async t => {
  const served = await serve(t);
  served.attacher.delayMs = 60_000;
  const first = call(served, { command: 'ADD', containerId: 'c1', timeoutSeconds: 4 });
  t.ok(await until(() => served.attacher.added.length > 0));
  const second = call(served, { command: 'ADD', containerId: 'c1' });
  t.equal(errorOf(await first).code, 11);
  t.equal(errorOf(await second).code, 11);
  t.ok(await until(() => served.attacher.deleted.length > 0));
  t.equal(served.attacher.added.length, 1);
  await assertRetry(t, served);
});

t.test('a DEL that was given up is carried out, once', async t => {
  const served = await serve(t);
  t.equal((await call(served, { command: 'ADD', containerId: 'c1' })).exitCode, 0);
  const deleting = call(served, { command: 'DEL', containerId: 'c1' });
  hang();
  await deleting;
  t.ok(await until(() => served.attacher.attachments.size === 0));
  t.equal(served.attacher.deleted.length, 1);
});
