// Reconciles the CNI plugin and its configuration. Runs last: a runtime that sees them begins to add pods.
import { adviceFor, surroundings } from '../config/advice.ts';
import { installCniFiles } from '../network/cni-files.ts';
import { PluginVersions } from '../network/plugin-versions.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function cniFiles(context: NodeContext): Reconciler {
  const { config, cells } = context;
  const versions = new PluginVersions();
  const logCommand = adviceFor(surroundings()).log;
  return {
    name: 'cni-files',
    needs: [cells.serving],
    isNeededByPods: false,
    async sync() {
      const files = { ...config.cni, socket: config.socket, logCommand };
      notifyAll(context, await installCniFiles(files, versions));
      return [];
    },
  };
}
