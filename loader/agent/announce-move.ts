// Says where things are about to be taken, in every directory that a later start may be given: one that is killed half way is
// completed by the next, or undone by it if that has the former configuration again.
import { existsSync } from 'node:fs';
import { type Installation, writeInstallations } from './installation.ts';
import { markStateDir } from '../programs/pin.ts';

/** Throws `IO` when the current state directory cannot be written. */
export function announceMove(formers: readonly Installation[], current: Installation): void {
  if (formers.length === 0) return;
  const all = [...formers, current];
  writeInstallations(current.stateDir, all);
  for (const { stateDir } of formers) if (existsSync(stateDir)) announce(stateDir, all);
  for (const { pinRoot } of all) if (existsSync(pinRoot)) markStateDir(pinRoot, current.stateDir);
}

/** A former directory that cannot be written any more is what the setting may have been changed for. */
function announce(stateDir: string, all: readonly Installation[]): void {
  try {
    writeInstallations(stateDir, all);
  } catch {
    // moving its files will say so
  }
}
