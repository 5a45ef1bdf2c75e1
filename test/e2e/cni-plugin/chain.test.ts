// What heddle-cni prints is what other plugins of a chain read: the reference plugins' own parser checks it.
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { serve } from '../../unit/api/served.ts';
import { configuration, pluginEnvironment, runPlugin } from './plugin.ts';

interface Result {
  readonly interfaces: readonly Readonly<Record<string, unknown>>[];
  readonly ips: readonly Readonly<Record<string, unknown>>[];
  readonly routes: readonly Readonly<Record<string, unknown>>[];
}

/** portmap without a mapping parses prevResult with the reference library and prints what it understood. */
function throughPortmap(cniVersion: string, prevResult: unknown): Result {
  const run = spawnSync('/usr/lib/cni/portmap', {
    env: pluginEnvironment('ADD'),
    input: JSON.stringify({ cniVersion, name: 'pods', type: 'portmap', prevResult }),
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
  return JSON.parse(run.stdout) as Result;
}

for (const cniVersion of ['0.3.1', '0.4.0', '1.0.0']) {
  t.test(`the reference library reads the whole result of ${cniVersion}`, async t => {
    const { socketPath: socket } = await serve(t);
    const run = await runPlugin(pluginEnvironment('ADD'), configuration({ socket, cniVersion }));
    const printed = JSON.parse(run.stdout) as Result;
    const understood = throughPortmap(cniVersion, printed);
    t.strictSame(understood.interfaces, printed.interfaces);
    t.strictSame(understood.ips, printed.ips);
    t.strictSame(understood.routes, printed.routes);
  });

  t.test(`heddle-cni behind another plugin of ${cniVersion} adds to its result`, async t => {
    const { socketPath: socket } = await serve(t);
    const first = configuration({ socket, cniVersion });
    const prevResult = throughPortmap(
      cniVersion,
      JSON.parse((await runPlugin(pluginEnvironment('ADD'), first)).stdout),
    );
    const env = pluginEnvironment('ADD', { CNI_IFNAME: 'net1' });
    const run = await runPlugin(env, configuration({ socket, cniVersion, prevResult }));
    const understood = throughPortmap(cniVersion, JSON.parse(run.stdout));
    t.strictSame(
      understood.interfaces.map(one => one['name']),
      ['hd10', 'eth0', 'hd11', 'net1'],
    );
    t.strictSame(
      understood.ips.map(one => one['interface']),
      [1, 1, 3, 3],
    );
  });
}
