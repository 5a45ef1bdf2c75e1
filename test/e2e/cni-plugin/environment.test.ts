// The plugin's environment by the specification's rules: code 4, and the message names the variables.
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { scratchFolder, serve } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, PLUGIN, runPlugin, type PluginRun } from './plugin.ts';

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  ADD: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME'],
  DEL: ['CNI_CONTAINERID', 'CNI_IFNAME'],
  CHECK: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME'],
};

for (const [command, variables] of Object.entries(REQUIRED)) {
  t.test(`${command} without ${variables.join(', ')} names them all`, async t => {
    const unset = Object.fromEntries(variables.map(name => [name, undefined]));
    const error = errorOf(await runPlugin(pluginEnvironment(command, unset), '{}'));
    t.equal(error.code, 4);
    for (const name of variables) t.match(error.msg, name);
    const empty = Object.fromEntries(variables.map(name => [name, '']));
    t.strictSame(errorOf(await runPlugin(pluginEnvironment(command, empty), '{}')), error);
  });
}

t.test('a command that does not exist, or none, is code 4', async t => {
  for (const command of ['', 'add', 'ADD ', 'UPDATE', 'x'.repeat(10_000), '"; rm -rf / #']) {
    const error = errorOf(await runPlugin(pluginEnvironment(command), '{}'));
    t.equal(error.code, 4);
    t.match(error.msg, /CNI_COMMAND/);
  }
  t.equal(errorOf(await runPlugin(pluginEnvironment('', { CNI_COMMAND: undefined }), '{}')).code, 4);
});

t.test('container ids and interface names that the specification forbids are refused', async t => {
  const { attacher, socketPath } = await serve(t);
  const config = configuration({ socket: socketPath });
  const wrong = {
    CNI_CONTAINERID: ['-a', '.a', '_a', 'a/b', 'a b', '../../etc/passwd', 'a\n', 'ä', 'a'.repeat(129)],
    CNI_IFNAME: ['.', '..', 'a/b', 'a:b', 'a b', 'a\tb', 'sixteen-letters!', 'é'.repeat(8)],
    CNI_NETNS: ['relative/path', `/${'x'.repeat(4_096)}`],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const error = errorOf(await runPlugin(pluginEnvironment('ADD', { [name]: value }), config));
      t.equal(error.code, 4, `${name}=${value}`);
      t.match(error.msg, new RegExp(`^${name} `));
    }
  }
  t.strictSame(attacher.added, []);
});

t.test('names at the edge of what is allowed are taken', async t => {
  const { socketPath } = await serve(t);
  const config = configuration({ socket: socketPath });
  for (const variables of [
    { CNI_CONTAINERID: `a${'_.-'.repeat(42)}z` },
    { CNI_IFNAME: 'fifteen-letters' },
    { CNI_CONTAINERID: '0' },
  ]) {
    const run = await runPlugin(pluginEnvironment('ADD', variables), config);
    t.equal(run.exitCode, 0, run.stdout);
  }
});

t.test('CNI_ARGS that cannot be read are code 4', async t => {
  const { attacher, socketPath } = await serve(t);
  const config = configuration({ socket: socketPath });
  for (const args of [
    'K8S_POD_NAME',
    '=x',
    'K8S_POD_NAMESPACE=shop;K8S_POD_NAME=Not_A_Name',
    'K8S_POD_NAME=web;K8S_POD_NAMESPACE=a.b',
    'K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=../..',
    'FOO=bar',
  ]) {
    const error = errorOf(await runPlugin(pluginEnvironment('ADD', { CNI_ARGS: args }), config));
    t.equal(error.code, 4, args);
    t.match(error.msg, /^CNI_ARGS: /);
  }
  t.strictSame(attacher.added, []);
});

t.test('a variable that is not UTF-8 is named, and never comes back as it was', t => {
  const socket = `${scratchFolder(t)}/none.sock`;
  for (const name of ['CNI_CONTAINERID', 'CNI_IFNAME', 'CNI_NETNS', 'CNI_ARGS', 'CNI_PATH']) {
    const env = pluginEnvironment('ADD');
    // Node encodes the environment it hands on; a shell does not.
    const run = runThroughShell(`export ${name}=$'a\\xff\\xfeb'; exec "$PLUGIN"`, env, socket);
    const error = errorOf(run);
    t.strictSame([error.code, error.msg], [4, `not valid UTF-8: ${name}`]);
  }
  t.end();
});

function runThroughShell(script: string, env: NodeJS.ProcessEnv, socket: string): PluginRun {
  const run = spawnSync('/bin/bash', ['-c', script], {
    env: { ...env, PLUGIN },
    input: configuration({ socket }),
    encoding: 'utf8',
  });
  return { exitCode: run.status, stdout: run.stdout, stderr: run.stderr };
}
