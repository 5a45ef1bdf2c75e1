// A node whose pods get their interfaces from a CNI plugin: ours or a peer's, called in the same way.
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getLink, openSocket } from 'rtnetlink';
import { execIn } from '../../../lab/exec.ts';
import { runPlugin, type PluginCall } from './plugin-run.ts';

const POLL_MS = 1;
const NS_PER_MS = 1e6;

export interface CniPod {
  /** From 1, one for each pod that is there at the same time. */
  readonly slot: number;
  readonly containerId: string;
  /** Path of its network namespace. */
  readonly netns: string;
}

export interface CniNetwork extends AsyncDisposable {
  /** Path of the node's network namespace. */
  readonly nodeNetns: string;
  call(pod: CniPod, command: 'ADD' | 'DEL'): PluginCall;
  /** Namespaces of new pods, with nothing in them; gone with the network. */
  newPods(count: number): readonly CniPod[];
}

/**
 * Resolves when the pods' interfaces are gone, with the time on the clock of `PluginRun`: a plugin may answer a DEL before. The
 * next measurement would share the cores with what it has left to do.
 */
export async function untilGone(pods: readonly CniPod[]): Promise<number> {
  for (const pod of pods) await untilWithoutInterface(pod);
  return Number(process.hrtime.bigint()) / NS_PER_MS;
}

async function untilWithoutInterface({ netns }: CniPod): Promise<void> {
  using socket = openSocket({ netns });
  while (getLink(socket, 'eth0') !== undefined) await sleep(POLL_MS);
}

/** The part of a CNI result that says where the pod is. */
interface CniResult {
  readonly ips: readonly { readonly address: string }[];
}

/** Namespaces named `prefix` and a number that no earlier one had. */
export function podMaker(prefix: string): (count: number) => readonly CniPod[] {
  let made = 0;
  return count => {
    const pods = Array.from({ length: count }, (_, i) => {
      made += 1;
      const netns = `/run/netns/${prefix}${made}`;
      return { slot: i + 1, containerId: `${prefix}${made}`, netns };
    });
    const commands = pods.map(({ netns }) => `netns add ${basename(netns)}\n`).join('');
    execFileSync('ip', ['-batch', '-'], { input: commands, stdio: ['pipe', 'ignore', 'pipe'] });
    return pods;
  };
}

/** ADD, a ping from the node to the address that it answered, DEL; throws without a reply. */
export async function checkReachable(network: CniNetwork): Promise<void> {
  const [pod] = network.newPods(1);
  if (pod === undefined) throw new RangeError('no pod was made');
  const { stdout } = await runPlugin(network.call(pod, 'ADD'));
  const address = (JSON.parse(stdout) as CniResult).ips[0]?.address.replace(/\/\d+$/, '') ?? 'none';
  const ping = await execIn(network.nodeNetns, ['ping', '-c', '3', '-i', '0.2', '-W', '2', address]);
  if (ping.code !== 0) throw new Error(`the pod at ${address} does not answer its node: ${ping.stdout}`);
  await runPlugin(network.call(pod, 'DEL'));
}
