// What a run leaves in the namespaces that scripts/isolate made for it. Nothing is removed: it all ends with the run.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Lines, each saying what would be left of which kind of thing. */
export type Inventory = ReadonlySet<string>;

const PRIVATE_FOLDERS = [
  '/tmp',
  '/run',
  '/dev/shm',
  '/var/lib/cni',
  '/var/lib/containers',
  '/var/lib/containerd',
  '/var/tmp',
  '/var/lib/heddle',
];
/** A lock that iptables makes and never removes; the folder that `ip netns` keeps. */
const KEPT_BY_TOOLS = new Set(['/run/xtables.lock', '/run/netns']);
/** No namespace holds these: they are the machine's, and a neighbour's attach turns them on too (test/README.md). */
const MACHINE_SWITCHES = ['/sys/kernel/rcu_expedited', '/proc/sys/kernel/bpf_stats_enabled'];

export function takeInventory(): Inventory {
  return new Set([...ownThings().map(thing => `left behind: ${thing}`), ...switchesLeftOn(MACHINE_SWITCHES)]);
}

/** One that is off says nothing: a neighbour may have turned it off after the run began. */
export function switchesLeftOn(paths: readonly string[]): string[] {
  return paths
    .filter(path => !['', '0'].includes(lines(path).join()))
    .map(path => `left on: ${path} (shared with the machine: another run may have done it)`);
}

function ownThings(): string[] {
  return [
    ...entries('/run/netns').map(name => `network namespace ${name}`),
    ...entries('/sys/fs/bpf').map(name => `pin ${name}`),
    ...links().map(name => `link ${name}`),
    ...mounts(),
    ...PRIVATE_FOLDERS.flatMap(folder => entries(folder).map(name => join(folder, name)))
      .filter(path => !KEPT_BY_TOOLS.has(path))
      .map(path => `file ${path}`),
    ...cgroups().map(path => `cgroup ${path}`),
    ...processes().map(process => `process ${process}`),
    ...output('nft', ['list', 'tables']).map(table => `nftables ${table}`),
    ...output('ip', ['-o', 'address', 'show']).map(line => `address ${line.split('\\')[0] ?? ''}`),
    ...output('ip', ['rule', 'show']).map(rule => `rule ${rule}`),
    ...output('ip', ['route', 'show', 'table', 'all']).map(route => `route ${route}`),
  ];
}

/** What `now` has and `before` has not. */
export function leaksSince(before: Inventory, now: Inventory): string[] {
  return [...now].filter(line => !before.has(line));
}

/** As many on one place as there are. */
function mounts(): string[] {
  const counts = new Map<string, number>();
  return lines('/proc/self/mounts').map(line => {
    const [, point = '', type = ''] = line.split(' ');
    const number = (counts.get(point) ?? 0) + 1;
    counts.set(point, number);
    return `mount ${number} on ${point}, ${type}`;
  });
}

function cgroups(): string[] {
  const root = '/sys/fs/cgroup';
  const hierarchies = [root, ...entries(root).map(name => join(root, name))];
  return hierarchies.flatMap(folder => folders(folder).map(name => join(folder, name)));
}

/** All but PID 1, this process and what it has just started to look. */
function processes(): string[] {
  return entries('/proc')
    .filter(name => /^\d+$/.test(name) && name !== '1' && Number(name) !== process.pid)
    .map(pid => lines(`/proc/${pid}/cmdline`).join().replaceAll('\0', ' '))
    .filter(command => command !== '');
}

function links(): string[] {
  return (JSON.parse(output('ip', ['-j', 'link', 'show']).join('') || '[]') as { ifname: string }[]).map(
    ({ ifname }) => ifname,
  );
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function folders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap(each =>
    each.isDirectory() ? [each.name] : [],
  );
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return []; // it ended since it was listed, or this kernel has no such switch
  }
}

function output(command: string, args: readonly string[]): string[] {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .split('\n')
    .filter(Boolean);
}
