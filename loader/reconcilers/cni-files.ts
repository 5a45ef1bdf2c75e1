// Reconciles the CNI plugin and its configuration. Runs last: a runtime that sees them begins to add pods.
import { installCniFiles } from '../network/cni-files.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

export function cniFiles(context: NodeContext): Reconciler {
  const { config, cells } = context;
  return {
    name: 'cni-files',
    needs: [cells.serving],
    isNeededByPods: false,
    sync() {
      notifyAll(context, installCniFiles({ ...config.cni, socket: config.socket }));
      return [];
    },
  };
}
