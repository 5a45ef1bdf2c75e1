// The first act of a start: locks the node against a second daemon, and takes over what earlier configurations have made.
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { HeddleError, messageOf } from '../errors.ts';
import type { Change } from '../model/change.ts';
import { createNft } from '../network/nft.ts';
import { restoreGracePeriods } from '../programs/grace-period.ts';
import { markedStateDir, markStateDir } from '../programs/pin.ts';
import { announceMove, announceToFormers } from './announce-move.ts';
import { carryOver } from './carry-over.ts';
import { assertUnused, lockDirectories, lockNamespace } from './daemon-lock.ts';
import { formerInstallations, installationFile, installationOf, writeInstallations } from './installation.ts';
import { removeLeftovers } from './leftovers.ts';

export interface ClaimedNode extends Disposable {
  /** Removes what earlier configurations have made, once this one's is in its place. What cannot be removed is logged. */
  removeLeftovers(): Promise<void>;
  /** Writes anew what says where this configuration has put things. Returns what was gone. Throws `IO`. */
  rewriteLost(): readonly string[];
}

export interface ClaimListener {
  readonly onApply: (change: Change) => void;
  /** Once this is the only daemon of the network namespace, and before the state directory is read. */
  readonly onLocked: () => Promise<void>;
  /** Tries it again as long as the state directory cannot be used. */
  readonly untilUsable: <T>(action: () => T) => Promise<T>;
}

/** Throws `IO` when another daemon runs here, before anything is touched. */
export async function claimNode(
  config: Config,
  logger: Logger,
  { onApply, onLocked, untilUsable }: ClaimListener,
): Promise<ClaimedNode> {
  const { stateDir, pinRoot } = config;
  const namespace = await lockNamespace(config.socket);
  for (const warning of namespace.warnings) logger.warn(warning);
  const current = installationOf(config);
  let formers: ReturnType<typeof formerInstallations> = [];
  const take = (): Disposable => {
    formers = formerInstallations(current);
    for (const one of [current, ...formers]) assertUnused(one);
    for (const { pinRoot: root } of [current, ...formers]) restoreGracePeriods(root).forEach(onApply);
    announceMove(formers, current);
    carriedOver(formers, current).forEach(onApply);
    const taken = lockDirectories(config);
    try {
      writeInstallations(stateDir, [...formers, current]);
      return taken;
    } catch (error) {
      taken[Symbol.dispose]();
      throw error;
    }
  };
  let directories: Disposable;
  try {
    announceToFormers(formerInstallations(current), current);
    await onLocked();
    directories = await untilUsable(take);
  } catch (error) {
    namespace[Symbol.dispose]();
    throw error;
  }
  markStateDir(pinRoot, stateDir);
  let recorded = [...formers, current];
  return {
    async removeLeftovers() {
      try {
        for (const former of formers)
          for (const change of await removeLeftovers(former, current, { nft: createNft(), config }))
            onApply(change);
        recorded = [current];
        writeInstallations(stateDir, recorded);
      } catch (error) {
        logger.warn(`what an earlier configuration made stays until the next start: ${messageOf(error)}`);
      }
    },
    rewriteLost() {
      const lost = [
        ...(existsSync(installationFile(stateDir)) ? [] : [installationFile(stateDir)]),
        ...(existsSync(pinRoot) && markedStateDir(pinRoot) !== stateDir ? [`the mark in ${pinRoot}`] : []),
      ];
      if (lost.length > 0) {
        writeInstallations(stateDir, recorded);
        markStateDir(pinRoot, stateDir);
      }
      return lost;
    },
    [Symbol.dispose]() {
      for (const lock of [namespace, directories]) lock[Symbol.dispose]();
    },
  };
}

function carriedOver(...[formers, current]: Parameters<typeof carryOver>): readonly Change[] {
  try {
    return carryOver(formers, current);
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    const text = `what an earlier configuration made cannot be taken along: ${messageOf(cause)}`;
    throw new HeddleError('IO', `${text}: move it by hand, or set its former place again`, { cause });
  }
}
