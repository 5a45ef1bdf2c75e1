// Debian's containerd on a lab's node: private to the test, in the node's network namespace, with Heddle's network.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodePlan } from '../../../lab/plan.ts';
import { isRunning, processId, signal, waitForEnd, type ProcessId } from '../../../lab/process.ts';
import { writeCniFolders, type CniFolders } from '../runtimes/cni-folders.ts';
import type { RuntimeHome } from '../runtimes/runtime-home.ts';
import { SLEEPING_IMAGE, writeSleepingImage } from '../runtimes/sleeping-image.ts';
import { CriClient } from './cri-client.ts';

const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

interface Test {
  teardown(clean: () => void | Promise<void>): void;
}

export interface Containerd {
  readonly socket: string;
  readonly cri: CriClient;
  readonly process: ProcessId;
  readonly cni: CniFolders;
}

/** Settles when it and its network are ready, and it has the image of its sandboxes. */
export async function startContainerd(t: Test, home: RuntimeHome, node: NodePlan): Promise<Containerd> {
  const cni = writeCniFolders(home, node);
  const containerd = await start(t, home, { netns: node.netns, cni, options: OWN_NAMESPACES });
  await until({ ...containerd, home }, async () => (await containerd.cri.unmetConditions()).length === 0);
  return containerd;
}

/** As a distribution has it: others fill its CNI folders, and pods' namespaces are in /run/netns. Has no network yet. */
export function startEmptyContainerd(
  t: Test,
  home: RuntimeHome,
  netns: string,
  cni: CniFolders,
): Promise<Containerd> {
  return start(t, home, { netns, cni, options: '' });
}

interface Setting {
  readonly netns: string;
  readonly cni: CniFolders;
  /** Lines of the CRI plugin's configuration. */
  readonly options: string;
}

const OWN_NAMESPACES = 'netns_mounts_under_state_dir = true';

async function start(t: Test, home: RuntimeHome, { netns, cni, options }: Setting): Promise<Containerd> {
  const config = join(home.directory, 'config.toml');
  const socket = join(home.directory, 'containerd.sock');
  writeFileSync(config, configuration(home, socket, { cni, options }));
  const log = openSync(join(home.directory, 'containerd.log'), 'a');
  const child = spawn('nsenter', [`--net=${netns}`, 'containerd', '--config', config], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  await once(child, 'spawn');
  const process = processId(child.pid ?? 0);
  t.teardown(() => stop(process));
  const cri = new CriClient(socket);
  t.teardown(() => cri[Symbol.dispose]());
  const run = { home, process };
  await until(run, () => existsSync(socket));
  await until(run, async () => !(await cri.unmetConditions()).some(each => each.startsWith('RuntimeReady')));
  const containerd = { socket, cri, process, cni };
  await importImage(containerd, home, { archive: writeSleepingImage(home.directory), name: SLEEPING_IMAGE });
  return containerd;
}

export async function importImage(
  { socket, cri, process }: Containerd,
  home: RuntimeHome,
  { archive, name }: { readonly archive: string; readonly name: string },
): Promise<void> {
  execFileSync('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', 'import', archive]);
  await until({ home, process }, () => cri.hasImage(name)); // its CRI part hears of an import a moment later
}

/** Without `restrict_oom_score_adj` runc insists on a right that root in a container lacks. */
function configuration(
  { directory }: RuntimeHome,
  socket: string,
  { cni, options }: Omit<Setting, 'netns'>,
): string {
  return `version = 2
root = "${directory}/root"
state = "${directory}/state"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${SLEEPING_IMAGE}"
  restrict_oom_score_adj = true
  ${options}
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${cni.plugins}"
  conf_dir = "${cni.networks}"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  Root = "${directory}/runc"
`;
}

interface Run {
  readonly home: RuntimeHome;
  readonly process: ProcessId;
}

async function until({ home, process }: Run, met: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let reason: unknown;
  while (isRunning(process) && Date.now() < deadline) {
    try {
      if (await met()) return;
    } catch (error) {
      reason = error; // its services come up one after the other
    }
    await sleep(POLL_MS);
  }
  const log = readFileSync(join(home.directory, 'containerd.log'), 'utf8').slice(-3_000);
  throw new Error(`containerd did not become ready; the end of its log:\n${log}`, { cause: reason });
}

/** Its shims go on without it: the creator of the home ends them. */
async function stop(process: ProcessId): Promise<void> {
  signal(process, 'SIGTERM');
  if (await waitForEnd(process, STOP_TIMEOUT_MS)) return;
  signal(process, 'SIGKILL');
  await waitForEnd(process, STOP_TIMEOUT_MS);
}
