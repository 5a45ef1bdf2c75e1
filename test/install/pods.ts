// Pods by a machine's own containerd, as a kubelet asks for them, and pings from one to the other.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CriClient, type Sandbox } from '../support/containerd/cri-client.ts';
import { SLEEPING_IMAGE, writeSleepingImage } from '../support/runtimes/sleeping-image.ts';
import { until } from '../support/until.ts';
import type { Machine } from './machine.ts';

const SOCKET = '/run/containerd/containerd.sock';
const CGROUP = '/pods';
const HEADER = String.raw`\[plugins."io.containerd.grpc.v1.cri"\]`;
const PING_INTERVAL_S = 0.02;

export interface Pod {
  readonly machine: Machine;
  readonly sandbox: Sandbox;
}

/** A client of the machine's containerd, once that and its network are ready; the caller closes it. */
export async function openRuntime(machine: Machine): Promise<CriClient> {
  // This process may not be allowed to lower OOM scores (it runs in a container, perhaps): containerd insists on it by default.
  await machine.run(`sed -i '/^ *${HEADER}$/a restrict_oom_score_adj = true' /etc/containerd/config.toml`);
  // The machine below may have its controllers in cgroups of version 1, and this one has version 2 alone: there is none to set.
  if (!(await machine.run('cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null || echo cpu')).includes('cpu'))
    await machine.run(`sed -i '/^ *${HEADER}$/a disable_cgroup = true' /etc/containerd/config.toml`);
  await machine.run('systemctl restart containerd');
  const cri = new CriClient(machine.path(SOCKET));
  let unmet: readonly string[] = ['it does not answer'];
  const isReady = await until(async () => (unmet = await cri.unmetConditions()).length === 0);
  if (!isReady) throw new Error(`${machine.name}: containerd: ${unmet.join(', ')}`);
  await importImage(machine, cri);
  return cri;
}

/** Of the image that this containerd makes sandboxes from: a registry is out of reach. */
async function importImage(machine: Machine, cri: CriClient): Promise<void> {
  const dump = await machine.run('containerd config dump');
  const [, name = ''] = /sandbox_image = "(.*)"/.exec(dump) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'heddle-image-'));
  const archive = writeSleepingImage(folder);
  cpSync(archive, machine.path(join('/tmp', basename(archive))));
  rmSync(folder, { recursive: true });
  await machine.run(`ctr --namespace k8s.io images import /tmp/${basename(archive)}`);
  rmSync(machine.path(join('/tmp', basename(archive))));
  await machine.run(`ctr --namespace k8s.io images tag ${SLEEPING_IMAGE} ${name}`);
  if (!(await until(() => cri.hasImage(name)))) throw new Error(`${machine.name}: no image is named ${name}`);
}

export async function startPod(machine: Machine, cri: CriClient, name: string): Promise<Pod> {
  const pod = { name, namespace: 'default', uid: name };
  return { machine, sandbox: await cri.runSandbox({ pod, cgroupParent: CGROUP }) };
}

export async function removePod({ sandbox }: Pod, cri: CriClient): Promise<void> {
  await cri.stopSandbox(sandbox.id);
  await cri.removeSandbox(sandbox.id);
}

/** Rejects unless each answers the other, and both their nodes. */
export async function mustReach(pods: readonly Pod[]): Promise<void> {
  for (const from of pods)
    for (const to of [...pods.map(pod => pod.sandbox.addresses[0]), ...pods.map(pod => pod.machine.address)])
      await from.machine.run(inside(from, `ping -c 3 -i 0.2 -W 10 ${to ?? ''}`));
}

/** Pings while `work` goes on; how many were sent and lost. */
export async function lostDuring(
  [from, to]: readonly [Pod, Pod],
  work: () => Promise<void>,
): Promise<{ readonly sent: number; readonly lost: number }> {
  const { machine } = from;
  const address = to.sandbox.addresses[0] ?? '';
  await machine.run(
    `${inside(from, `ping -i ${PING_INTERVAL_S} ${address}`)} >/tmp/pings 2>&1 </dev/null & echo $! >/tmp/ping.pid`,
  );
  try {
    await work();
  } finally {
    await machine.run('kill -INT $(cat /tmp/ping.pid); tail --pid=$(cat /tmp/ping.pid) -f /dev/null');
  }
  const [, sent, received] =
    /(\d+) packets transmitted, (\d+) received/.exec(await machine.run('cat /tmp/pings')) ?? [];
  if (!(Number(received) > 0)) throw new Error(`${machine.name}: no ping was answered`);
  return { sent: Number(sent), lost: Number(sent) - Number(received) };
}

function inside({ sandbox }: Pod, command: string): string {
  return `exec nsenter --net=${sandbox.netns} ${command}`;
}
