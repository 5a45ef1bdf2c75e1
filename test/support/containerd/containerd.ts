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
  readonly cri: CriClient;
  readonly process: ProcessId;
  readonly cni: CniFolders;
}

/** Settles when it and its network are ready, and it has the image of its sandboxes. */
export async function startContainerd(t: Test, home: RuntimeHome, node: NodePlan): Promise<Containerd> {
  const config = join(home.directory, 'config.toml');
  const socket = join(home.directory, 'containerd.sock');
  const cni = writeCniFolders(home, node);
  writeFileSync(config, configuration(home, socket, cni));
  const log = openSync(join(home.directory, 'containerd.log'), 'a');
  const child = spawn('nsenter', [`--net=${node.netns}`, 'containerd', '--config', config], {
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  await once(child, 'spawn');
  const process = processId(child.pid ?? 0);
  t.teardown(() => stop(process));
  const cri = new CriClient(socket);
  t.teardown(() => cri[Symbol.dispose]());
  const run = { home, process, socket, cri };
  await until(run, () => existsSync(socket));
  await until(run, async () => (await cri.unmetConditions()).length === 0);
  const archive = writeSleepingImage(home.directory);
  execFileSync('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', 'import', archive]);
  await until(run, () => cri.hasImage(SLEEPING_IMAGE)); // its CRI part hears of an import a moment later
  return { cri, process, cni };
}

/** Without `restrict_oom_score_adj` runc insists on a right that root in a container lacks. */
function configuration({ directory }: RuntimeHome, socket: string, cni: CniFolders): string {
  return `version = 2
root = "${directory}/root"
state = "${directory}/state"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${SLEEPING_IMAGE}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
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
