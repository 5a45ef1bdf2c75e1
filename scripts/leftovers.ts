// What tests and labs could leave on a machine: network namespaces, pins and links that carry our names, and homes of
// container runtimes.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { homeAt, removeRuntimeHome, runtimeHomes } from '../test/support/runtimes/runtime-home.ts';

export interface Leftovers {
  readonly namespaces: readonly string[];
  readonly pins: readonly string[];
  readonly links: readonly string[];
  readonly runtimes: readonly string[];
}

const NONE: Leftovers = { namespaces: [], pins: [], links: [], runtimes: [] };
const OURS = /^(hd|heddle|bpfts|libbpf-ts)/;

/** Everything of ours that is on the machine now and was not there `before`. */
export function leftovers(before: Leftovers = NONE): Leftovers {
  return {
    namespaces: entries('/run/netns').filter(name => !before.namespaces.includes(name)),
    pins: entries('/sys/fs/bpf').filter(name => !before.pins.includes(name)),
    links: linkNames().filter(name => !before.links.includes(name)),
    runtimes: runtimeHomes().filter(name => !before.runtimes.includes(name)),
  };
}

/** Removes them; a namespace takes its links and processes' sockets along. */
export function removeLeftovers(left: Leftovers): void {
  for (const directory of left.runtimes) removeRuntimeHome(homeAt(directory));
  for (const pin of left.pins) rmSync(`/sys/fs/bpf/${pin}`, { recursive: true, force: true });
  for (const link of left.links) quietly('ip', ['link', 'delete', link]);
  for (const name of left.namespaces) {
    for (const pid of quietly('ip', ['netns', 'pids', name]).split('\n')) if (pid !== '') kill(Number(pid));
    quietly('ip', ['netns', 'delete', name]);
  }
}

/** Whether a test that this process has not started is running on the machine. */
export function othersAreTesting(): boolean {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.some(pid => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return /build\/test\/.*\.test\.mjs|run-tests\.mjs|conformance\.mjs lab|(bench|chaos|demo)\.mjs/.test(
        command,
      );
    } catch {
      return false; // ended since it was listed
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended by itself
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => OURS.test(name));
  } catch {
    return []; // no namespace was ever made, or no bpffs is mounted
  }
}

function linkNames(): string[] {
  const links = JSON.parse(quietly('ip', ['-j', 'link', 'show']) || '[]') as { ifname?: string }[];
  return links.map(link => link.ifname ?? '').filter(name => OURS.test(name));
}

function quietly(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return ''; // gone already, or the tool is not there yet
  }
}
