// Network namespaces by the names that runtimes give them, which the daemon's container may not have.
import { symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { HeddleError } from '../../../loader/errors.ts';
import { scratchFolder, serve } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, runPlugin } from './plugin.ts';

interface Result {
  readonly interfaces: readonly { readonly sandbox?: string }[];
}

t.test(
  'a path through a symbolic link is handed over without it, and comes back as it was given',
  async t => {
    const { attacher, socketPath: socket } = await serve(t);
    const folder = scratchFolder(t);
    mkdirSync(join(folder, 'run/netns'), { recursive: true });
    mkdirSync(join(folder, 'var'));
    symlinkSync('../run', join(folder, 'var/run'));
    writeFileSync(join(folder, 'run/netns/c1'), '');
    const given = join(folder, 'var/run/netns/c1');
    const run = await runPlugin(pluginEnvironment('ADD', { CNI_NETNS: given }), configuration({ socket }));
    t.equal(attacher.added[0]?.netns, join(folder, 'run/netns/c1'));
    t.strictSame(
      (JSON.parse(run.stdout) as Result).interfaces.map(({ sandbox }) => sandbox),
      [undefined, given],
    );
    const prevResult: unknown = JSON.parse(run.stdout);
    const check = await runPlugin(
      pluginEnvironment('CHECK', { CNI_NETNS: given }),
      configuration({ socket, prevResult }),
    );
    t.equal(check.exitCode, 0, check.stdout);
  },
);

t.test('what links lead to no path, as in /proc, or nowhere, is handed over as it is', async t => {
  const { attacher, socketPath: socket } = await serve(t);
  for (const [i, path] of ['/proc/self/ns/net', '/proc/1/ns/net', '/run/netns/not-there'].entries()) {
    const env = pluginEnvironment('ADD', { CNI_NETNS: path, CNI_CONTAINERID: `c${i}` });
    t.equal((await runPlugin(env, configuration({ socket }))).exitCode, 0);
    t.equal(attacher.added[i]?.netns, path);
  }
});

t.test('one that the plugin sees and the daemon does not is a mount that is missing', async t => {
  const { attacher, socketPath: socket } = await serve(t);
  attacher.failure = new HeddleError(
    'NETNS_MISSING',
    'the network namespace does not exist: the container may have ended',
  );
  const folder = scratchFolder(t);
  const [there, gone] = [join(folder, 'there'), join(folder, 'gone')];
  writeFileSync(there, '');
  // Both see it: not a namespace, or it has just ended.
  for (const path of [there, gone])
    t.match(
      errorOf(await runPlugin(pluginEnvironment('ADD', { CNI_NETNS: path }), configuration({ socket }))),
      { code: 4, msg: /^CNI_NETNS: the network namespace does not exist/ },
    );
});
