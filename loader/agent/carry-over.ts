// What an earlier configuration has put elsewhere is taken along, before anything is opened: pins with their flows and
// programs, attachment records, policies given by hand, and what sysctls said.
import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Change } from '../model/change.ts';
import { change } from '../model/change.ts';
import { makePinFolder } from '../programs/bpffs.ts';
import { installationFile, removeInstallations, type Installation } from './installation.ts';
import { moveInto, removeIfEmpty } from './move-files.ts';
import { runFilesOf, stateFilesOf } from './own-files.ts';

/**
 * Each step is one that a later start can do again, under this configuration or under a former one: what says where everything
 * is goes last. Throws the system's error.
 */
export function carryOver(formers: readonly Installation[], current: Installation): Change[] {
  return formers.flatMap(former => [
    ...moveFiles(former.stateDir, current.stateDir, [recordsOf(former), recordsOf(current)]),
    ...moveFiles(former.runDir, current.runDir, [runFilesOf(former), runFilesOf(current)]),
    ...movePins(former.pinRoot, current.pinRoot),
    ...dropRecord(former.stateDir, current.stateDir),
  ]);
}

function recordsOf(installation: Installation): readonly string[] {
  const record = installationFile(installation.stateDir);
  return stateFilesOf(installation).filter(file => file !== record);
}

function moveFiles(
  from: string,
  to: string,
  [sources, targets]: readonly [readonly string[], readonly string[]],
): Change[] {
  const moved = sources
    .map((source, at) => (source === targets[at] ? 0 : moveInto(source, targets[at] ?? source)))
    .reduce((sum, count) => sum + count, 0);
  if (from !== to) removeIfEmpty(from);
  return moved === 0 ? [] : [change(from, `${moved} files were moved to ${to}`)];
}

/** The current directory has the same record, and the mark among the pins leads to it. */
function dropRecord(from: string, to: string): Change[] {
  if (from !== to) {
    removeInstallations(from);
    removeIfEmpty(from);
  }
  return [];
}

/** One rename within a BPF filesystem. Otherwise the former pins stay until the new ones guard the devices (leftovers.ts). */
function movePins(from: string, to: string): Change[] {
  if (from === to || !existsSync(from) || existsSync(to)) return [];
  makePinFolder(dirname(to));
  try {
    renameSync(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['EXDEV', 'EPERM', 'EINVAL', 'ENOTEMPTY', 'EEXIST'].includes(code)) throw error;
    return [];
  }
  return [change(from, `pins were moved to ${to}`)];
}
