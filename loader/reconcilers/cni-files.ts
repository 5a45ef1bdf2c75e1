// Reconciles the CNI plugin and its configuration. Runs last: a runtime that sees them begins to add pods.
import { basename, dirname } from 'node:path';
import { HeddleError } from '../errors.ts';
import { foreignFirst } from '../network/cni-configurations.ts';
import { cniFilesDrift, installCniFiles } from '../network/cni-files.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function cniFiles(context: NodeContext): Reconciler {
  const { config, cells } = context;
  const files = { ...config.cni, socket: config.socket };
  return {
    name: 'cni-files',
    needs: [cells.serving],
    isNeededByPods: true,
    isAfterStart: true, // it waits for the API, which is served when the start is over
    sync() {
      notifyAll(context, installCniFiles(files));
      const foreign =
        files.confFile === '' ? undefined : foreignFirst(dirname(files.confFile), basename(files.confFile));
      if (foreign !== undefined) throw new HeddleError('IO', foreign);
      return [];
    },
    detectDrift: () => cniFilesDrift(files),
  };
}
