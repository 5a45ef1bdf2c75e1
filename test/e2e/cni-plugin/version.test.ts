// VERSION is answered by the plugin alone: there need be no daemon.
import t from 'tap';
import { errorOf, pluginEnvironment, runPlugin } from './plugin.ts';

const SUPPORTED = ['0.3.1', '0.4.0', '1.0.0', '1.1.0'];

for (const cniVersion of [...SUPPORTED, '0.1.0', '9.9.9']) {
  t.test(`VERSION of ${cniVersion} is answered in ${cniVersion}`, async t => {
    const run = await runPlugin({ CNI_COMMAND: 'VERSION' }, JSON.stringify({ cniVersion }));
    t.equal(run.exitCode, 0);
    t.strictSame(JSON.parse(run.stdout), { cniVersion, supportedVersions: SUPPORTED });
  });
}

t.test('VERSION with nothing on standard input is answered in the newest version', async t => {
  const run = await runPlugin(pluginEnvironment('VERSION'), '');
  t.equal(run.exitCode, 0);
  t.strictSame(JSON.parse(run.stdout), { cniVersion: '1.1.0', supportedVersions: SUPPORTED });
});

t.test('VERSION with input that is not a configuration is code 6', async t => {
  t.equal(errorOf(await runPlugin(pluginEnvironment('VERSION'), 'nonsense')).code, 6);
});

t.test('an unreasonable version is not echoed', async t => {
  for (const cniVersion of ['x'.repeat(1_000), 5, null, '1\u0000', '']) {
    const run = await runPlugin(pluginEnvironment('VERSION'), JSON.stringify({ cniVersion }));
    t.strictSame(JSON.parse(run.stdout), { cniVersion: '1.1.0', supportedVersions: SUPPORTED });
  }
});
