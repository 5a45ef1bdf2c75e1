// No daemon: the error names the socket, a hint, and the code for a retry.
import { once } from 'node:events';
import { linkSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import t from 'tap';
import { scratchFolder } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, runPlugin } from './plugin.ts';

for (const [command, code] of Object.entries({ ADD: 11, CHECK: 11, GC: 11, STATUS: 50 })) {
  t.test(`${command} without a daemon is code ${code}`, async t => {
    const socket = `${scratchFolder(t)}/heddled.sock`;
    const error = errorOf(await runPlugin(pluginEnvironment(command), configuration({ socket })));
    t.equal(error.code, code);
    t.equal(error.msg, `heddled cannot be reached at ${socket}: No such file or directory`);
    t.match(error.details, /journalctl -u heddled.*kubectl -n kube-system logs/);
  });
}

t.test("the configuration of the daemon's own making says where its log is", async t => {
  const socket = `${scratchFolder(t)}/heddled.sock`;
  const detailsOf = async (logCommand: unknown): Promise<string | undefined> =>
    errorOf(await runPlugin(pluginEnvironment('ADD'), configuration({ socket, logCommand }))).details;
  t.equal(await detailsOf('kubectl logs x'), 'See its log: `kubectl logs x`.');
  for (const odd of [5, null, '', 'x'.repeat(1_000)])
    t.match(await detailsOf(odd), /journalctl/, String(odd));
});

t.test('a socket whose daemon was killed is as good as none', async t => {
  const socket = `${scratchFolder(t)}/heddled.sock`;
  const listener = createServer().listen(socket);
  await once(listener, 'listening');
  // After SIGKILL: a socket file without a listener.
  linkSync(socket, `${socket}.left`);
  listener.close();
  await once(listener, 'close');
  renameSync(`${socket}.left`, socket);
  const error = errorOf(await runPlugin(pluginEnvironment('ADD'), configuration({ socket })));
  t.equal(error.code, 11);
  t.match(error.msg, /Connection refused$/);
});

t.test('a file where the socket should be is reported as one', async t => {
  const socket = `${scratchFolder(t)}/heddled.sock`;
  writeFileSync(socket, '');
  const error = errorOf(await runPlugin(pluginEnvironment('ADD'), configuration({ socket })));
  t.equal(error.code, 11);
  t.match(error.msg, /Connection refused$/);
});
