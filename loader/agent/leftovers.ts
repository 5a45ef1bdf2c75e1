// What an earlier configuration has made and this one has not taken over is removed, once this one's is in its place: old
// programs guard pods' devices until the new ones do, and a runtime finds a network configuration at every moment.
import { existsSync, lstatSync, rmSync } from 'node:fs';
import type { Config } from '../config.ts';
import { change, type Change } from '../model/change.ts';
import { removeCniFiles } from '../network/cni-files.ts';
import { removeMasquerade } from '../network/masquerade.ts';
import type { Nft } from '../network/nft.ts';
import { removeAllPins } from '../programs/cleanup.ts';
import { removePublishedPods } from '../sources/manifests/published-pods.ts';
import type { Installation } from './installation.ts';
import { deleteSpoolOf } from './kept-deletes.ts';
import { moveInto, removeIfEmpty } from './move-files.ts';

/** Idempotent. Throws when something cannot be removed: the next start tries again. */
export async function removeLeftovers(
  former: Installation,
  current: Installation,
  { nft, config }: { readonly nft: Nft; readonly config: Config },
): Promise<Change[]> {
  const isOther = (key: keyof Installation): boolean => former[key] !== current[key];
  const stale = {
    confFile: isOther('confFile') ? former.confFile : '',
    binDir: isOther('binDir') ? former.binDir : '',
  };
  const isTableStale = isOther('nftTable') || !config.masquerade;
  return [
    ...removeCniFiles(stale),
    ...(isOther('pinRoot') ? removePins(former.pinRoot) : []),
    ...(isTableStale ? await removeMasquerade(nft, former.nftTable) : []),
    ...(isOther('socket') ? [...takeDeletes(former, current), ...removeSocket(former)] : []),
    ...(isOther('manifests') || isOther('nodeName')
      ? removePublishedPods(former.manifests, former.nodeName)
      : []),
  ];
}

function removePins(pinRoot: string): Change[] {
  if (!existsSync(pinRoot)) return [];
  const count = removeAllPins(pinRoot);
  return [change(pinRoot, `${count} pins and links removed`)];
}

/** Until the runtime has read the new configuration, the plugin keeps deletes beside the former socket. */
function takeDeletes(former: Installation, current: Installation): Change[] {
  const from = deleteSpoolOf(former.socket);
  const count = moveInto(from, deleteSpoolOf(current.socket));
  rmSync(from, { recursive: true, force: true }); // what is kept here as well
  return count === 0 ? [] : [change(from, `${count} deletes of pods were taken over`)];
}

/** The lock says that no daemon listens there. */
function removeSocket({ socket, runDir }: Installation): Change[] {
  const isSocket = lstatSync(socket, { throwIfNoEntry: false })?.isSocket() === true;
  if (isSocket) rmSync(socket);
  removeIfEmpty(runDir);
  return isSocket ? [change(socket, 'removed')] : [];
}
