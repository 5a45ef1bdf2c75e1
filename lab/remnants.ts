// Finds and removes everything with a lab's name on the machine, without its records.
import { existsSync, readdirSync, readlinkSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BPFFS } from './bpffs.ts';
import { removeNetns } from './iproute.ts';
import { labLimits } from './limits.ts';
import { directoryOf, LABS_DIRECTORY } from './plan.ts';
import { processId, signal, waitForEnd, type ProcessId } from './process.ts';

const NETNS_DIRECTORY = '/run/netns';

/** Ends processes in the lab's namespaces, and removes the namespaces, pins and files. */
export async function removeRemnants(lab: string): Promise<void> {
  const namespaces = namedAfter(lab, NETNS_DIRECTORY, 'hd');
  const processes = processesIn(namespaces);
  for (const process of processes) signal(process, 'SIGKILL');
  await Promise.all(processes.map(process => waitForEnd(process, labLimits().killed)));
  for (const pins of namedAfter(lab, BPFFS, 'heddle-lab')) rmSync(pins, { recursive: true, force: true });
  for (const netns of namespaces) removeNetns(netns);
  rmSync(directoryOf(lab), { recursive: true, force: true });
  removeIfEmpty(LABS_DIRECTORY);
}

/** True if anything of a lab of that name exists. */
export function hasRemnants(lab: string): boolean {
  return (
    existsSync(directoryOf(lab)) ||
    namedAfter(lab, NETNS_DIRECTORY, 'hd').length > 0 ||
    namedAfter(lab, BPFFS, 'heddle-lab').length > 0
  );
}

/** Names of labs have no dashes, so prefixes are unambiguous. */
function namedAfter(lab: string, directory: string, prefix: string): string[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter(name => name.startsWith(`${prefix}-${lab}-`));
  return names.map(name => join(directory, name));
}

function processesIn(namespaces: readonly string[]): ProcessId[] {
  const inodes = new Set(namespaces.map(path => `net:[${statSync(path).ino}]`));
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return pids.flatMap(pid => {
    try {
      return inodes.has(readlinkSync(`/proc/${pid}/ns/net`)) ? [processId(Number(pid))] : [];
    } catch {
      return []; // it ended meanwhile, or is a zombie: neither holds a namespace
    }
  });
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // other labs live there, or no lab ever did
  }
}
