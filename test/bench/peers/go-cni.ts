// The CNI project's own plugins, bridge and host-local, configured as flannel delegates to them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeRemnants } from '../../../lab/remnants.ts';
import { makePods, podNames, podNetns, type Contender } from '../cni/contender.ts';
import { runPlugin, type PluginEnd } from '../cni/plugin-run.ts';

const BINARY = '/usr/lib/cni/bridge';

/** The bridge is made in this process's own namespace, which goes with it. */
export async function openGoPlugins(name: string, count: number): Promise<Contender> {
  await removeRemnants(name);
  const pods = podNames(count);
  makePods(name, pods);
  const dataDir = mkdtempSync(join(tmpdir(), `heddle-${name}-`));
  const config = {
    ...{ cniVersion: '1.0.0', name, type: 'bridge', bridge: 'cni0', mtu: 1450 },
    ...{ hairpinMode: true, isDefaultGateway: true, ipMasq: false },
    ipam: {
      ...{ type: 'host-local', dataDir, ranges: [[{ subnet: '10.250.0.0/22' }]] },
      routes: [{ dst: '10.250.0.0/16' }],
    },
  };
  const run = (command: 'ADD' | 'DEL', pod: string): Promise<PluginEnd> =>
    runPlugin({ binary: BINARY, command, containerId: `${name}-${pod}`, netns: podNetns(name, pod), config });
  return {
    pods,
    add: pod => run('ADD', pod),
    del: pod => run('DEL', pod),
    checkReached: address => {
      execFileSync('ping', ['-c', '1', '-W', '2', address], { stdio: 'ignore' });
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: async () => {
      await removeRemnants(name);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
