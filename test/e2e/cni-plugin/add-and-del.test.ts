// ADD and DEL through the real plugin: what is asked of the daemon, what is printed.
import t from 'tap';
import { serve } from '../../unit/api/served.ts';
import { configuration, pluginEnvironment, runPlugin } from './plugin.ts';

t.test('ADD prints the result of the daemon and nothing else', async t => {
  const { socketPath } = await serve(t);
  const run = await runPlugin(pluginEnvironment('ADD'), configuration({ socket: socketPath }));
  t.equal(run.exitCode, 0);
  t.equal(run.stderr, '');
  t.strictSame(JSON.parse(run.stdout), {
    cniVersion: '1.1.0',
    interfaces: [
      { name: 'hd10', mac: '02:00:00:00:00:01', mtu: 1450 },
      { name: 'eth0', mac: '02:00:00:00:01:0a', mtu: 1450, sandbox: '/run/netns/heddle-test' },
    ],
    ips: [
      { address: '10.1.0.10/32', gateway: '169.254.1.1', interface: 1 },
      { address: 'fd00:1::a/128', gateway: 'fe80::1', interface: 1 },
    ],
    routes: [
      { dst: '0.0.0.0/0', gw: '169.254.1.1' },
      { dst: '::/0', gw: 'fe80::1' },
    ],
    dns: {},
  });
});

t.test('ADD forwards environment and input of the runtime to the daemon', async t => {
  const { socketPath, attacher } = await serve(t);
  const runtimeConfig = { ips: ['10.1.0.77/24'], portMappings: [{ hostPort: 80, containerPort: 8080 }] };
  const env = pluginEnvironment('ADD', {
    CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_UID=u-1',
  });
  const run = await runPlugin(env, configuration({ socket: socketPath, runtimeConfig }));
  t.equal(run.exitCode, 0, run.stdout);
  t.strictSame(attacher.added, [
    {
      containerId: 'container-1',
      ifname: 'eth0',
      netns: '/run/netns/heddle-test',
      network: 'pods',
      addresses: ['10.1.0.77'],
      pod: { namespace: 'shop', name: 'web-0', uid: 'u-1' },
    },
  ]);
});

t.test('DEL succeeds twice, and without a namespace, and prints nothing', async t => {
  const { socketPath, attacher } = await serve(t);
  const config = configuration({ socket: socketPath });
  await runPlugin(pluginEnvironment('ADD'), config);
  t.equal(attacher.attachments.size, 1);
  for (const netns of ['/run/netns/heddle-test', '', undefined]) {
    const run = await runPlugin(pluginEnvironment('DEL', { CNI_NETNS: netns }), config);
    t.strictSame(run, { exitCode: 0, stdout: '', stderr: '' });
  }
  t.equal(attacher.attachments.size, 0);
  t.strictSame(
    attacher.deleted.map(one => one.netns),
    ['/run/netns/heddle-test', undefined, undefined],
  );
});

t.test('a configuration of a megabyte passes', async t => {
  const { socketPath, attacher } = await serve(t);
  const args = { filling: 'x'.repeat(1_000_000) };
  const run = await runPlugin(pluginEnvironment('ADD'), configuration({ socket: socketPath, args }));
  t.equal(run.exitCode, 0, run.stdout.slice(0, 500));
  t.equal(attacher.attachments.size, 1);
});

t.test('fifty plugins at once get fifty different addresses', async t => {
  const { socketPath } = await serve(t);
  const config = configuration({ socket: socketPath });
  const runs = await Promise.all(
    Array.from({ length: 50 }, (_, number) =>
      runPlugin(pluginEnvironment('ADD', { CNI_CONTAINERID: `c${number}` }), config),
    ),
  );
  t.ok(runs.every(run => run.exitCode === 0));
  const addresses = runs.map(
    run => (JSON.parse(run.stdout) as { ips: { address: string }[] }).ips[0]?.address,
  );
  t.equal(new Set(addresses).size, 50);
});
