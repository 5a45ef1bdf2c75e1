// Strings that a shell, a path, a format or JSON would trip over arrive as they are, and run nowhere.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { scratchFolder, serve } from '../../unit/api/served.ts';
import { configuration, errorOf, pluginEnvironment, runPlugin } from './plugin.ts';

function hostileStrings(marker: string): string[] {
  return [
    `$(touch ${marker})`,
    `\`touch ${marker}\``,
    `; touch ${marker} #`,
    `| touch ${marker}`,
    `&& touch ${marker}`,
    `' ; touch ${marker} ; '`,
    `" ; touch ${marker} ; "`,
    `\n touch ${marker}\n`,
    '%s%s%s%n%x',
    '${IFS}',
    '../../../../etc/shadow',
    '{"code":0}',
    '\\u0000\\',
    '\u0001\u001b[31mred\u007f',
    '\u202ereversed',
    '🦊'.repeat(100),
    "'); DROP TABLE pods;--",
    '*',
    '~root',
    '--help',
  ];
}

for (const variable of ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_ARGS'] as const) {
  t.test(`${variable} with metacharacters is refused with its own words`, async t => {
    const { attacher, socketPath } = await serve(t);
    const marker = join(scratchFolder(t), 'marker');
    const config = configuration({ socket: socketPath });
    for (const value of hostileStrings(marker)) {
      const error = errorOf(await runPlugin(pluginEnvironment('ADD', { [variable]: value }), config));
      t.equal(error.code, 4, value);
      t.match(error.msg, new RegExp(`^${variable}[ :]`));
    }
    t.strictSame(attacher.added, []);
    t.notOk(existsSync(marker));
  });
}

t.test('an interface name is what the kernel takes for one, however odd it looks', async t => {
  const { attacher, socketPath } = await serve(t);
  const marker = join(scratchFolder(t), 'marker');
  const config = configuration({ socket: socketPath });
  const odd = ['${IFS}', '{"code"=0}', '\\u0000\\', '\u0001\u001b[31m\u007f', '*', '~root', '--help', '"\'`'];
  for (const [i, CNI_IFNAME] of odd.entries()) {
    const env = pluginEnvironment('ADD', { CNI_IFNAME, CNI_CONTAINERID: `c${i}` });
    const run = await runPlugin(env, config);
    t.equal(run.exitCode, 0, run.stdout);
    t.equal((JSON.parse(run.stdout) as { interfaces: { name: string }[] }).interfaces[1]?.name, CNI_IFNAME);
  }
  for (const CNI_IFNAME of hostileStrings(marker).filter(name => /[\s/:%]/.test(name) || name.length > 15)) {
    const error = errorOf(await runPlugin(pluginEnvironment('ADD', { CNI_IFNAME }), config));
    t.equal(error.code, 4, CNI_IFNAME);
    t.match(error.msg, /^CNI_IFNAME /);
  }
  t.equal(attacher.added.length, odd.length);
  t.notOk(existsSync(marker));
});

t.test('metacharacters in CNI_COMMAND and CNI_PATH are not interpreted', async t => {
  const { socketPath } = await serve(t);
  const marker = join(scratchFolder(t), 'marker');
  const config = configuration({ socket: socketPath });
  for (const [i, value] of hostileStrings(marker).entries()) {
    t.equal(errorOf(await runPlugin(pluginEnvironment(value), config)).code, 4);
    const env = pluginEnvironment('ADD', { CNI_PATH: value, CNI_CONTAINERID: `c${i}` });
    t.equal((await runPlugin(env, config)).exitCode, 0);
  }
  t.notOk(existsSync(marker));
});

t.test('every string of the configuration with metacharacters is refused or handed on', async t => {
  const { attacher, socketPath } = await serve(t);
  const marker = join(scratchFolder(t), 'marker');
  for (const [i, value] of hostileStrings(marker).entries()) {
    const env = pluginEnvironment('ADD', { CNI_CONTAINERID: `c${i}` });
    for (const [code, fields] of [
      [7, { name: value }],
      [7, { runtimeConfig: { ips: [value] } }],
      [7, { socket: value }],
      [1, { cniVersion: value }],
    ] as const) {
      const error = errorOf(await runPlugin(env, configuration({ socket: socketPath, ...fields })));
      t.equal(error.code, code, JSON.stringify(fields));
    }
    const dns = { domain: value, search: [value] };
    const run = await runPlugin(env, configuration({ socket: socketPath, type: value, dns, [value]: value }));
    t.equal(run.exitCode, 0, run.stdout);
    t.strictSame((JSON.parse(run.stdout) as { dns: unknown }).dns, dns);
  }
  t.equal(attacher.attachments.size, hostileStrings(marker).length);
  t.notOk(existsSync(marker));
});

t.test('a socket path with metacharacters is a path like any other', async t => {
  const folder = scratchFolder(t);
  const marker = join(folder, 'marker');
  const socket = join(folder, '$(touch marker);x');
  const error = errorOf(await runPlugin(pluginEnvironment('ADD'), configuration({ socket })));
  t.equal(error.code, 11);
  t.match(error.msg, socket);
  t.notOk(existsSync(marker));
});
