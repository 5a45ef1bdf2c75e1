// Cgroups by name, in every hierarchy that a machine has.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CGROUPS = '/sys/fs/cgroup';

/** Folders of the cgroup and of all below it, deepest first. */
export function cgroupsNamed(name: string): string[] {
  const hierarchies = [CGROUPS, ...readdirSync(CGROUPS).map(entry => join(CGROUPS, entry))];
  return hierarchies.map(folder => join(folder, name)).flatMap(foldersFrom);
}

export function processesOfCgroup(folder: string): number[] {
  const procs = join(folder, 'cgroup.procs');
  return existsSync(procs) ? readFileSync(procs, 'utf8').split('\n').filter(Boolean).map(Number) : [];
}

function foldersFrom(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory());
  return [...below.flatMap(entry => foldersFrom(join(folder, entry.name))), folder];
}
