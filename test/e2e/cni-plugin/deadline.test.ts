// One deadline covers the whole call: the runtime's input, the daemon, and its wait for a Pod object.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { serve } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, PLUGIN, runPlugin } from './plugin.ts';
import { until } from '../../support/until.ts';

t.test('an ADD that takes too long is code 11, and is undone by the daemon', async t => {
  const { attacher, socketPath: socket } = await serve(t);
  attacher.delayMs = 60_000;
  const error = errorOf(
    await runPlugin(pluginEnvironment('ADD'), configuration({ socket, timeoutSeconds: 1 })),
  );
  t.equal(error.code, 11);
  t.ok(await until(() => attacher.deleted.length > 0), 'it is undone');
  t.equal(attacher.added.length, 1);
  t.equal(attacher.attachments.size, 0);
});

t.test('a STATUS that takes too long is code 50', async t => {
  const { attacher, socketPath: socket } = await serve(t);
  attacher.status = () => new Promise(() => undefined);
  const error = errorOf(
    await runPlugin(pluginEnvironment('STATUS'), configuration({ socket, timeoutSeconds: 1 })),
  );
  t.equal(error.code, 50);
});

t.test('a plugin that is killed in the middle of ADD leaves nothing behind', async t => {
  const { attacher, socketPath: socket } = await serve(t);
  attacher.delayMs = 60_000;
  const child = spawn(PLUGIN, [], { env: pluginEnvironment('ADD'), stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end(configuration({ socket }));
  while (attacher.added.length === 0) await delay(5);
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.ok(await until(() => attacher.deleted.length > 0), 'it is undone');
  t.equal(attacher.deleted.length, 1);
  t.equal(attacher.attachments.size, 0);
});
