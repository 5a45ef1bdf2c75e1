// Two nodes as flannel's udp backend makes them: every packet goes through a process of user space, over a TUN device.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtFile } from '../../../lab/installation.ts';
import { ipIn } from '../../../lab/iproute.ts';
import { removeRemnants } from '../../../lab/remnants.ts';
import type { PodNetwork } from '../net/pod-network.ts';
import { openUnderlay, other, underlayOf, UNDERLAY_MTU, type NodeNumber } from '../net/underlay.ts';
import { addBridgePods, bridgedEnd } from './bridge-pods.ts';

const TUN = 'flannel0';
/** flannel's own. */
const PORT = 8_285;
/** What IPv4 and UDP leave of a packet. */
const MTU = UNDERLAY_MTU - 28;

/** Under that name; an earlier one that was left is removed first. Its processes end with it. */
export async function openUdpBackendPair(name: string): Promise<PodNetwork> {
  const underlay = await openUnderlay(name);
  addBridgePods(underlay, MTU);
  for (const { number, netns } of underlay.nodes) {
    await startForwarder(number, netns);
    ipIn(netns, [
      `link set ${TUN} mtu ${MTU} up`,
      `address add 10.244.${number}.0/32 dev ${TUN}`,
      `route add 10.244.0.0/16 dev ${TUN}`,
    ]);
  }
  const [from, to, neighbour] = underlay.pods;
  return {
    ...{ from: bridgedEnd(from), to: bridgedEnd(to), neighbour: bridgedEnd(neighbour) },
    wire: underlay.wire,
    carriage: { kind: 'udp', port: PORT },
    [Symbol.asyncDispose]: () => removeRemnants(name),
  };
}

/** `removeRemnants` ends whatever runs in the namespaces. */
async function startForwarder(number: NodeNumber, netns: string): Promise<void> {
  const ends = [underlayOf(number), underlayOf(other(number)), String(PORT)];
  const program = builtFile('bench/programs/udp-backend');
  const child = spawn('nsenter', [`--net=${netns}`, program, TUN, ...ends], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close').then(() => {
    throw new Error('the forwarder of the udp backend has ended');
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  ended.catch(() => undefined); // as it should, when its namespace is removed
  child.unref();
}
