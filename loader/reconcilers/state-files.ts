// Reconciles the state directory: whatever the daemon keeps there is written anew if somebody removes it.
import { statSync } from 'node:fs';
import { recordFolder } from '../ipam/attachment-store.ts';
import { change } from '../model/change.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import type { Reconciler } from './reconciler.ts';

/** Without a record no address may be given, so pods need it. */
export function stateFiles(context: NodeContext): Reconciler {
  const { config, rewriteLostFiles } = context;
  const folder = recordFolder(config.stateDir);
  let seen: number | undefined;
  return {
    name: 'state-files',
    needs: [],
    isNeededByPods: true,
    sync() {
      notifyAll(
        context,
        rewriteLostFiles().map(what => change(what, 'written anew: its file was gone')),
      );
      seen = inodeOf(folder);
      return [];
    },
    detectDrift: () => (inodeOf(folder) === seen ? [] : ['state directory']),
  };
}

function inodeOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.ino;
}
