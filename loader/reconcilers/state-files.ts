// Reconciles the state directory: what the daemon keeps there is written anew when it is removed.
import { statSync } from 'node:fs';
import { recordFolder } from '../ipam/attachment-store.ts';
import { HeddleError } from '../errors.ts';
import { change } from '../model/change.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

/** Without a record no address may be given: that one can be written is a condition of readiness of its own. */
export function stateFiles(context: NodeContext): Reconciler {
  const { config, rewriteLostFiles } = context;
  const folder = recordFolder(config.stateDir);
  let seen: number | undefined;
  return {
    name: 'state-files',
    needs: [],
    isNeededByPods: false,
    sync() {
      try {
        notifyAll(
          context,
          rewriteLostFiles().map(what => change(what, 'written anew: its file was gone')),
        );
      } catch (error) {
        if (!(error instanceof HeddleError) || error.code !== 'IO') throw error; // else the condition says so
      }
      seen = inodeOf(folder);
      return [];
    },
    detectDrift: () => (inodeOf(folder) === seen ? [] : ['state directory']),
  };
}

function inodeOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.ino;
}
