// Where a test's container runtime lives, what of its containers is on the machine, and the end of all of it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { processId, signal, waitForEnd, type ProcessId } from '../../../lab/process.ts';

const CGROUPS = '/sys/fs/cgroup';
const NETNS = '/run/netns';
/** Where libcni keeps results, and runc's shims their sockets, whatever a runtime's own configuration says. */
const SHARED_FOLDERS = ['/var/lib/cni/results', '/run/containerd/s', '/run/containerd/runc'];
const END_TIMEOUT_MS = 10_000;

interface Test {
  teardown(clean: () => Promise<void>): void;
}

export interface RuntimeHome {
  readonly directory: string;
  /** Cgroup of all containers, with the leading slash. */
  readonly cgroupParent: string;
  /** What was on the machine before. */
  readonly before: ReadonlySet<string>;
}

/** A folder of its own below /tmp, where sockets' paths are short; gone with the test, and with it whatever still runs. */
export function runtimeHome(t: Test, lab: string): RuntimeHome {
  const directory = mkdtempSync(`/tmp/heddle-${lab}-`);
  const folders = SHARED_FOLDERS.filter(existsSync);
  const home = { directory, cgroupParent: `/${basename(directory)}`, before: new Set(shared()) };
  t.teardown(async () => {
    await endProcesses(home);
    for (const mount of mountsOf(home)) execFileSync('umount', ['--lazy', mount]);
    for (const path of shared().filter(name => !home.before.has(name))) removeShared(path);
    for (const cgroup of cgroupsOf(home)) rmdirSync(cgroup);
    rmSync(directory, { recursive: true, force: true });
    removeEmpty(SHARED_FOLDERS.filter(folder => !folders.includes(folder)));
  });
  return home;
}

/** A line for everything of containers that is there; the runtime's own daemon is none of it. */
export function containerTraces(home: RuntimeHome, daemon?: ProcessId): string[] {
  return [
    ...mountsOf(home).map(mount => `mount ${mount}`),
    ...processesOf(home)
      .filter(({ pid }) => pid !== daemon?.pid)
      .map(({ pid }) => `process ${pid}: ${commandOf(pid)}`),
    ...cgroupsOf(home)
      .filter(cgroup => basename(cgroup) !== basename(home.cgroupParent))
      .map(cgroup => `cgroup ${cgroup}`),
    ...shared().filter(path => !home.before.has(path)),
  ];
}

/** Deepest first. */
function mountsOf({ directory }: RuntimeHome): string[] {
  const lines = readFileSync('/proc/mounts', 'utf8').split('\n');
  const points = lines.map(line => line.split(' ')[1] ?? '');
  return points.filter(point => point.startsWith(`${directory}/`)).reverse();
}

/** Those in the cgroups, and those that were started with a path of the home. */
function processesOf(home: RuntimeHome): ProcessId[] {
  const inCgroups = cgroupsOf(home).flatMap(cgroup =>
    readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number),
  );
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  const named = pids.map(Number).filter(pid => commandOf(pid).includes(`${home.directory}/`));
  return [...new Set([...inCgroups, ...named])].flatMap(pid => {
    try {
      return [processId(pid)];
    } catch {
      return []; // it ended while we looked
    }
  });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it ended while we looked
  }
}

/** In every hierarchy there is, deepest first. */
function cgroupsOf({ cgroupParent }: RuntimeHome): string[] {
  const hierarchies = [CGROUPS, ...readdirSync(CGROUPS).map(name => join(CGROUPS, name))];
  return hierarchies.map(folder => join(folder, cgroupParent)).flatMap(foldersFrom);
}

function foldersFrom(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory());
  return [...below.flatMap(entry => foldersFrom(join(folder, entry.name))), folder];
}

/** Other labs come and go at the same time: their namespaces are no business of this one. */
function shared(): string[] {
  const namespaces = entriesOf(NETNS).filter(path => !basename(path).startsWith('hd-'));
  return [...namespaces, ...SHARED_FOLDERS.flatMap(entriesOf)];
}

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map(name => join(folder, name)) : [];
}

function removeShared(path: string): void {
  if (path.startsWith(NETNS)) execFileSync('ip', ['netns', 'delete', basename(path)]);
  else rmSync(path, { recursive: true, force: true });
}

function removeEmpty(folders: readonly string[]): void {
  for (const path of folders.flatMap(folder => [folder, join(folder, '..')])) {
    try {
      rmdirSync(path);
    } catch {
      // another runtime's things are in it, or nobody has made it
    }
  }
}

async function endProcesses(home: RuntimeHome): Promise<void> {
  const processes = processesOf(home);
  for (const process of processes) signal(process, 'SIGKILL');
  await Promise.all(processes.map(process => waitForEnd(process, END_TIMEOUT_MS)));
}
