// Where a test's container runtime lives, what of its containers is on the machine, and the end of all of it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { processId, signal, waitForEnd, type ProcessId } from '../../../lab/process.ts';
import { cgroupsNamed, processesOfCgroup } from './cgroups.ts';

/** What runtimes make for the whole machine, whatever their configuration says; the deeper before what it is in. */
const SHARED_FOLDERS = [
  '/run/containerd/s',
  '/run/containerd/runc',
  '/run/containerd',
  '/run/runc',
  '/var/lib/cni/results',
  '/var/lib/cni',
  '/var/lib/containers/cache',
  '/var/lib/containers',
];
const CNI_RESULTS = '/var/lib/cni/results';
const END_TIMEOUT_MS = 10_000;
/** In which podman puts the watchers of its containers, and which it keeps. */
const WATCHERS = 'conmon';

interface Test {
  teardown(clean: () => Promise<void>): void;
}

export interface RuntimeHome {
  readonly directory: string;
  /** Name of the network, the lab's own: records of it are told from others' by it. */
  readonly network: string;
  /** Cgroup of all containers, with the leading slash. */
  readonly cgroupParent: string;
  /** Paths of the network namespaces that containers were given: whoever starts one adds its own. */
  readonly namespaces: Set<string>;
}

/** A folder of its own below /tmp, where sockets' paths are short; gone with the test, and with it whatever still runs. */
export function runtimeHome(t: Test, lab: string): RuntimeHome {
  const directory = mkdtempSync(`/tmp/heddle-${lab}-`);
  const network = `heddle-${lab}`;
  const home = { directory, network, cgroupParent: `/${basename(directory)}`, namespaces: new Set<string>() };
  const made = SHARED_FOLDERS.filter(folder => !existsSync(folder));
  t.teardown(async () => {
    await endProcesses(home);
    for (const mount of [...mountsOf(home), ...namespacesOf(home)]) execFileSync('umount', ['--lazy', mount]);
    for (const path of [...namespacesOf(home), ...resultsOf(home)]) rmSync(path, { force: true });
    for (const cgroup of cgroupsNamed(home.cgroupParent)) rmdirSync(cgroup);
    rmSync(directory, { recursive: true, force: true });
    removeEmpty(made);
  });
  return home;
}

/** A line for everything of containers that is there; the runtime's own daemon is none of it. */
export function containerTraces(home: RuntimeHome, daemon?: ProcessId): string[] {
  const processes = processesOf(home).filter(({ pid }) => pid !== daemon?.pid);
  const own = [basename(home.cgroupParent), WATCHERS];
  const cgroups = cgroupsNamed(home.cgroupParent).filter(cgroup => !own.includes(basename(cgroup)));
  return [
    ...mountsOf(home).map(mount => `mount ${mount}`),
    ...processes.map(({ pid }) => `process ${pid}: ${commandOf(pid)}`),
    ...cgroups.map(cgroup => `cgroup ${cgroup}`),
    ...namespacesOf(home).map(path => `namespace ${path}`),
    ...resultsOf(home).map(path => `result ${path}`),
  ];
}

/** Deepest first. */
function mountsOf({ directory }: RuntimeHome): string[] {
  const lines = readFileSync('/proc/mounts', 'utf8').split('\n');
  const points = lines.map(line => line.split(' ')[1] ?? '');
  return points.filter(point => point.startsWith(`${directory}/`)).reverse();
}

function namespacesOf({ namespaces, directory }: RuntimeHome): string[] {
  return [...namespaces].filter(path => !path.startsWith(directory) && existsSync(path));
}

/** What libcni remembers of the network's containers, and of the loopback of those whose namespace is of the home. */
function resultsOf({ directory, network }: RuntimeHome): string[] {
  const names = existsSync(CNI_RESULTS) ? readdirSync(CNI_RESULTS) : [];
  return names
    .map(name => join(CNI_RESULTS, name))
    .filter(path => basename(path).startsWith(`${network}-`) || textOf(path).includes(`${directory}/`));
}

/** Those in the cgroups, and those that were started with a path of the home. */
function processesOf({ cgroupParent, directory }: RuntimeHome): ProcessId[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  const named = pids.map(Number).filter(pid => commandOf(pid).includes(`${directory}/`));
  const inCgroups = cgroupsNamed(cgroupParent).flatMap(processesOfCgroup);
  return [...new Set([...inCgroups, ...named])].flatMap(pid => {
    try {
      return [processId(pid)];
    } catch {
      return []; // it ended while we looked
    }
  });
}

function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** Empty for what has gone while we looked. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Podman notes there where an image's layers are from: of no use to anybody who did not use podman before. */
function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders) {
    if (basename(dirname(folder)) === 'containers') rmSync(folder, { recursive: true, force: true });
    try {
      rmdirSync(folder);
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
