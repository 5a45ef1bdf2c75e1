// Reconciles the CNI plugin and its configuration. Runs last: a runtime that sees them begins to add pods.
import { adviceFor, surroundings } from '../config/advice.ts';
import { HeddleError } from '../errors.ts';
import { cniFilesDrift, cniFilesStamp, foreignConfiguration, installCniFiles } from '../network/cni-files.ts';
import { PluginVersions } from '../network/plugin-versions.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function cniFiles(context: NodeContext): Reconciler {
  const { config, cells } = context;
  const versions = new PluginVersions();
  const logCommand = adviceFor(surroundings()).log;
  const files = { ...config.cni, socket: config.socket, logCommand };
  let seen = '';
  return {
    name: 'cni-files',
    needs: [cells.serving],
    isNeededByPods: true,
    isAfterStart: true, // it waits for the API, which is served when the start is over
    async sync() {
      const { changes, problems } = await installCniFiles(files, versions);
      notifyAll(context, changes);
      seen = cniFilesStamp(files);
      const foreign = foreignConfiguration(files);
      if (foreign !== undefined) throw new HeddleError('IO', foreign);
      return problems;
    },
    detectDrift() {
      const stamp = cniFilesStamp(files);
      return [...cniFilesDrift(files), ...(stamp === seen ? [] : [`files changed (${stamp})`])];
    },
  };
}
