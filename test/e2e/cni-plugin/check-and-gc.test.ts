// CHECK, GC and STATUS through the real plugin, with what an earlier ADD printed.
import t from 'tap';
import { serve } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, runPlugin } from './plugin.ts';

const SILENT = { exitCode: 0, stdout: '', stderr: '' };

t.test('CHECK right after ADD has nothing to say, in every version that has it', async t => {
  const { socketPath: socket } = await serve(t);
  for (const cniVersion of ['0.4.0', '1.0.0', '1.1.0']) {
    const env = { CNI_CONTAINERID: `c-${cniVersion}` };
    const added = await runPlugin(pluginEnvironment('ADD', env), configuration({ socket, cniVersion }));
    const prevResult: unknown = JSON.parse(added.stdout);
    const config = configuration({ socket, cniVersion, prevResult });
    t.strictSame(await runPlugin(pluginEnvironment('CHECK', env), config), SILENT);
  }
});

t.test('CHECK says what differs from the result of ADD', async t => {
  const { attacher, socketPath: socket } = await serve(t);
  const added = await runPlugin(pluginEnvironment('ADD'), configuration({ socket }));
  attacher.problems = ['hd10 is down'];
  const config = configuration({ socket, prevResult: JSON.parse(added.stdout) as unknown });
  t.strictSame(errorOf(await runPlugin(pluginEnvironment('CHECK'), config)), {
    cniVersion: '1.1.0',
    code: 101,
    msg: 'the network of container container-1 differs from the result of ADD',
    details: 'hd10 is down',
  });
});

t.test('GC needs no container, removes what is stale and prints nothing', async t => {
  const { attacher, socketPath: socket } = await serve(t);
  for (const id of ['a', 'b']) {
    await runPlugin(pluginEnvironment('ADD', { CNI_CONTAINERID: id }), configuration({ socket }));
  }
  const valid = [{ containerID: 'b', ifname: 'eth0' }];
  const config = configuration({ socket, 'cni.dev/valid-attachments': valid });
  t.strictSame(await runPlugin({ CNI_COMMAND: 'GC', CNI_PATH: '/opt/cni/bin' }, config), SILENT);
  t.strictSame([...attacher.attachments.keys()], ['b eth0']);
});

t.test('GC of ten thousand attachments passes', async t => {
  const { attacher, socketPath: socket } = await serve(t);
  await runPlugin(pluginEnvironment('ADD'), configuration({ socket }));
  const valid = Array.from({ length: 10_000 }, (_, i) => ({
    containerID: i.toString(16).padStart(64, '0'),
    ifname: 'eth0',
  }));
  const config = configuration({ socket, 'cni.dev/valid-attachments': valid });
  t.strictSame(await runPlugin({ CNI_COMMAND: 'GC' }, config), SILENT);
  t.equal(attacher.attachments.size, 0);
});

t.test('commands that a version does not have are code 1', async t => {
  const { socketPath: socket } = await serve(t);
  for (const [command, cniVersion] of [
    ['CHECK', '0.3.1'],
    ['GC', '1.0.0'],
    ['STATUS', '1.0.0'],
  ] as const) {
    const error = errorOf(await runPlugin(pluginEnvironment(command), configuration({ socket, cniVersion })));
    t.equal(error.code, 1);
    t.match(error.msg, `${command} does not exist in CNI version ${cniVersion}`);
  }
});
