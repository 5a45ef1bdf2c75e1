// What an administrator gives a container runtime: a folder of plugins, and a network that chains Heddle's with Debian's.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFile } from '../../../lab/installation.ts';
import type { NodePlan } from '../../../lab/plan.ts';
import type { RuntimeHome } from './runtime-home.ts';

const DEBIAN_PLUGINS = '/usr/lib/cni';
/** `loopback` is what containerd itself calls for every sandbox. */
const CHAINED = ['portmap', 'bandwidth', 'firewall', 'loopback'];

export interface CniFolders {
  readonly plugins: string;
  readonly networks: string;
}

/** In the runtime's home. */
export function writeCniFolders({ directory, network }: RuntimeHome, node: NodePlan): CniFolders {
  const plugins = join(directory, 'cni-plugins');
  const networks = join(directory, 'cni-networks');
  for (const folder of [plugins, networks]) mkdirSync(folder);
  symlinkSync(builtFile('heddle-cni'), join(plugins, 'heddle-cni'));
  for (const name of CHAINED) symlinkSync(join(DEBIAN_PLUGINS, name), join(plugins, name));
  writeFileSync(join(networks, '10-heddle.conflist'), JSON.stringify(chain(node, network), undefined, 2));
  return { plugins, networks };
}

/** Puts another in a plugin's place, which refuses every ADD, and is content with every DEL; answers what undoes it. */
export function breakPlugin({ plugins }: CniFolders, name: string): () => void {
  const path = join(plugins, name);
  const refusal = '{"cniVersion": "1.0.0", "code": 100, "msg": "broken on purpose"}';
  rmSync(path);
  writeFileSync(path, `#!/bin/sh\n[ "$CNI_COMMAND" = DEL ] || { echo '${refusal}'; exit 1; }\n`, {
    mode: 0o755,
  });
  return () => {
    rmSync(path);
    symlinkSync(join(DEBIAN_PLUGINS, name), path);
  };
}

/** As docs/operating.md has it. */
function chain(node: NodePlan, name: string): object {
  return {
    cniVersion: '1.0.0',
    name,
    plugins: [
      { type: 'heddle-cni', socket: node.socket, timeoutSeconds: 60 },
      { type: 'portmap', capabilities: { portMappings: true } },
      { type: 'bandwidth', capabilities: { bandwidth: true } },
      { type: 'firewall' },
    ],
  };
}
