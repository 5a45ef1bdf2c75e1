// Says where things are about to be taken, in every directory that a later start may be given: one that is killed half way is
// completed by the next, or undone by it if that has the former configuration again.
import { existsSync } from 'node:fs';
import { type Installation, writeInstallations } from './installation.ts';
import { markStateDir } from '../programs/pin.ts';

/**
 * Before the first of the new places is made: nothing is there that the former directories do not name. One of them that cannot be
 * written is what the setting may have been changed for, and moving its files will say so.
 */
export function announceToFormers(formers: readonly Installation[], current: Installation): void {
  for (const { stateDir } of formers) {
    if (!existsSync(stateDir)) continue;
    try {
      writeInstallations(stateDir, [...formers, current]);
    } catch {
      // as above
    }
  }
}

/** Before anything is moved. Throws `IO` when the current state directory cannot be written. */
export function announceMove(formers: readonly Installation[], current: Installation): void {
  if (formers.length === 0) return;
  const all = [...formers, current];
  announceToFormers(formers, current);
  writeInstallations(current.stateDir, all);
  for (const { pinRoot } of all) if (existsSync(pinRoot)) markStateDir(pinRoot, current.stateDir);
}
