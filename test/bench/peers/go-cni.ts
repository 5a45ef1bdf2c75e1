// The peer at ADD and DEL: Debian's Go plugins bridge and host-local, configured as flannel configures them.
import { execFileSync } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeRemnants } from '../../../lab/remnants.ts';
import { podMaker, type CniNetwork } from '../cni/cni-network.ts';

/** Where Debian's containernetworking-plugins has them. */
const PLUGINS = '/usr/lib/cni';
const SUBNET = '10.245.1.0/24';

/** The node is the namespace of this process, which is to have nothing else in it. */
export async function openGoNetwork(name: string): Promise<CniNetwork> {
  for (const plugin of ['bridge', 'host-local']) accessSync(join(PLUGINS, plugin));
  await removeRemnants(name);
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const dataDir = mkdtempSync(join(tmpdir(), 'heddle-bench-cni-'));
  const config = JSON.stringify(networkConfig(dataDir));
  return {
    nodeNetns: '/proc/self/ns/net',
    newPods: podMaker(`hd-${name}-x`),
    call: ({ slot, containerId, netns }, command) => {
      const environment = {
        CNI_COMMAND: command,
        CNI_CONTAINERID: containerId,
        CNI_NETNS: netns,
        CNI_IFNAME: 'eth0',
        CNI_PATH: PLUGINS,
        CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=lab;K8S_POD_NAME=p${slot}`,
      };
      return { program: join(PLUGINS, 'bridge'), environment, config };
    },
    [Symbol.asyncDispose]: async () => {
      rmSync(dataDir, { recursive: true, force: true });
      await removeRemnants(name);
    },
  };
}

/** What flannel's own plugin hands to bridge. */
function networkConfig(dataDir: string): object {
  return {
    cniVersion: '1.0.0',
    name: 'cbr0',
    type: 'bridge',
    bridge: 'cni0',
    hairpinMode: true,
    isDefaultGateway: true,
    ipMasq: false,
    mtu: 1450,
    ipam: { type: 'host-local', ranges: [[{ subnet: SUBNET }]], dataDir },
  };
}
