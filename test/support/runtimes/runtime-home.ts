// Home folder of a test's container runtime, traces of its containers on the machine, and their removal.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isRunning, processId, signal, type ProcessId } from '../../../lab/process.ts';
import { cgroupsNamed, processesOfCgroup } from './cgroups.ts';

/** Where podman notes from where an image's layers are: all that is in there if nobody has used podman but a test. */
const PODMAN_CACHE = '/var/lib/containers/cache/blob-info-cache-v1.boltdb';
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
const RUNC_STATES = '/run/runc';
const HOMES = '/tmp'; // where sockets' paths are short
const END_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
/** In which podman puts the watchers of its containers, and which it keeps. */
const WATCHERS = 'conmon';

interface Test {
  teardown(clean: () => void): void;
}

export interface RuntimeHome {
  readonly directory: string;
  /** Name of the network, the lab's own: it distinguishes its records. */
  readonly network: string;
  /** Cgroup of all containers, with the leading slash. */
  readonly cgroupParent: string;
  /** Paths of the network namespaces that containers were given: a test that starts one adds its path. */
  readonly namespaces: Set<string>;
}

/** A folder of its own; gone with the test, and with it whatever still runs. */
export function runtimeHome(t: Test, lab: string): RuntimeHome {
  const directory = mkdtempSync(join(HOMES, `heddle-runtime-${lab}-`));
  const cgroupParent = `/${basename(directory)}`;
  const home = { directory, network: `heddle-${lab}`, cgroupParent, namespaces: new Set<string>() };
  t.teardown(() => removeRuntimeHome(home));
  return home;
}

/** Ends what runs in it, and removes it with all that its runtime has made elsewhere. */
function removeRuntimeHome(home: RuntimeHome): void {
  const sockets = shimSockets(home);
  endProcesses(home);
  for (const mount of [...mountsOf(home), ...namespacesOf(home)]) execFileSync('umount', ['--lazy', mount]);
  for (const path of [...sockets, ...namespacesOf(home), ...resultsOf(home), ...runcStatesOf(home)])
    rmSync(path, { recursive: true, force: true });
  for (const cgroup of cgroupsNamed(home.cgroupParent)) rmdirSync(cgroup);
  rmSync(home.directory, { recursive: true, force: true });
  removeEmpty();
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
    ...runcStatesOf(home).map(path => `state ${path}`),
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

/** Podman has runc keep its containers' states where it does by itself. */
function runcStatesOf({ directory }: RuntimeHome): string[] {
  const names = existsSync(RUNC_STATES) ? readdirSync(RUNC_STATES) : [];
  return names
    .map(name => join(RUNC_STATES, name))
    .filter(path => textOf(join(path, 'state.json')).includes(`${directory}/`));
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

/** Containerd's shims listen where those of all containerds do, and say so in a file that goes with them. */
function shimSockets({ directory }: RuntimeHome): string[] {
  const bundles = join(directory, 'state/io.containerd.runtime.v2.task/k8s.io');
  const names = existsSync(bundles) ? readdirSync(bundles) : [];
  return names
    .map(name => textOf(join(bundles, name, 'address')))
    .filter(address => address.startsWith('unix://'))
    .map(address => address.slice('unix://'.length));
}

function removeEmpty(): void {
  if (existsSync('/var/lib/containers') && readdirSync('/var/lib/containers').join() === 'cache')
    rmSync(PODMAN_CACHE, { force: true });
  for (const folder of SHARED_FOLDERS) {
    try {
      rmdirSync(folder);
    } catch {
      // another runtime's things are in it, or nobody has made it
    }
  }
}

/** Synchronous, as tap's teardown requires. */
function endProcesses(home: RuntimeHome): void {
  const deadline = Date.now() + END_TIMEOUT_MS;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let left = processesOf(home); left.length > 0; left = processesOf(home).filter(isRunning)) {
    if (Date.now() > deadline) throw new Error(`what was started from ${home.directory} does not end`);
    for (const process of left) signal(process, 'SIGKILL');
    Atomics.wait(pause, 0, 0, POLL_MS);
  }
}
