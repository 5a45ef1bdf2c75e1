// A node as an administrator has installed it: a daemon with the default paths, and a pod that the plugin has added.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addPodInterface } from '../../lab/cni.ts';
import { builtFile } from '../../lab/installation.ts';
import { removeNetns } from '../../lab/iproute.ts';
import { askStatus } from '../../loader/api/status-client.ts';
import { scratchNode, writeManifest } from './scratch-daemon.ts';
import { until } from './until.ts';

/** Defaults of docs/configuration.md. */
export const INSTALLED_PINS = '/sys/fs/bpf/heddle';
const RUN_DIRECTORY = '/run/heddle';
const STATE_DIRECTORY = '/var/lib/heddle';
const SOCKET = `${RUN_DIRECTORY}/heddled.sock`;
const READY_MS = 100_000;

interface Test {
  teardown(clean: () => void): void;
}

export interface InstalledNode {
  readonly netns: string;
  readonly podAddress: string;
}

/** Of these, a machine has one at a time. */
export async function installedNode(t: Test): Promise<InstalledNode> {
  const node = scratchNode(t);
  const { netns, directory } = node;
  mkdirSync(STATE_DIRECTORY, { recursive: true });
  const settings = ['--node-name', 'scratch', '--source-directory', join(directory, 'manifests')];
  const daemon = spawn('nsenter', [`--net=${netns}`, builtFile('heddled.mjs'), ...settings], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const pod = { name: 'web-0', namespace: 'shop', uid: 'uid-web-0', node: 'scratch', ifname: 'eth0' };
  const plan = { ...pod, netns: `${netns}-pod`, containerId: 'installed-web-0' };
  t.teardown(() => {
    daemon.kill('SIGKILL');
    removeNetns(plan.netns);
    for (const folder of [INSTALLED_PINS, RUN_DIRECTORY]) rmSync(folder, { recursive: true, force: true });
    // The folder itself is a mount of the run's own.
    for (const name of readdirSync(STATE_DIRECTORY)) rmSync(join(STATE_DIRECTORY, name), { recursive: true });
  });
  if (!(await until(async () => (await askStatus(SOCKET))?.ready === true, READY_MS)))
    throw new Error('the installed daemon does not become ready');
  writeManifest(node, 'web-0.yaml', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod.name, namespace: pod.namespace, uid: pod.uid },
    spec: { nodeName: pod.node },
  });
  const { ips } = await addPodInterface({ socket: SOCKET }, plan);
  const [address = ''] = ips.map(ip => ip.address.replace(/\/\d+$/, ''));
  return { netns, podAddress: address };
}
