// The wire between two nodes that are not a lab's: namespaces and a switch, as lab/fabric.ts makes them.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { addNetns, ipIn, writeSysctls } from '../../../lab/iproute.ts';
import { removeRemnants } from '../../../lab/remnants.ts';

/** Of two nodes; the pods of n1 are p1 and p3, that of n2 is p2. */
export const NODE_NUMBERS = [1, 2] as const;
export type NodeNumber = (typeof NODE_NUMBERS)[number];

/** Of veths as they are, bytes. */
export const UNDERLAY_MTU = 1_500;

/** Not asked for anything, but without a default route nodes answer no ARP for others. */
const ROUTER = '192.168.1.1';

export interface PeerPod {
  readonly number: 1 | 2 | 3;
  readonly node: NodeNumber;
  readonly netns: string;
  readonly nodeNetns: string;
  readonly address: string;
}

export interface Underlay {
  readonly fabricNetns: string;
  readonly nodes: readonly { readonly number: NodeNumber; readonly netns: string }[];
  readonly pods: readonly [PeerPod, PeerPod, PeerPod];
}

/** Pods are namespaces without a link so far. What was left under that name is removed first. */
export async function openUnderlay(name: string): Promise<Underlay> {
  await removeRemnants(name);
  const netns = (part: string): string => `/run/netns/hd-${name}-${part}`;
  for (const part of ['fabric', 'n1', 'n2', 'p1', 'p2', 'p3']) addNetns(netns(part));
  ipIn(netns('fabric'), [
    'link add br1 type bridge',
    `address add ${ROUTER}/24 dev br1`,
    'link set br1 up',
    ...NODE_NUMBERS.flatMap(number => [
      `link add n${number} type veth peer name eth0 netns ${basename(netns(`n${number}`))}`,
      `link set n${number} master br1 up`,
    ]),
  ]);
  bypassNetfilter(netns('fabric'));
  for (const number of NODE_NUMBERS) {
    ipIn(netns(`n${number}`), [
      `address add ${underlayOf(number)}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${ROUTER}`,
    ]);
    writeSysctls(netns(`n${number}`), { 'net.ipv4.ip_forward': '1' });
  }
  const pod = (number: 1 | 2 | 3): PeerPod => {
    const node = number === 2 ? 2 : 1;
    return {
      ...{ number, node, netns: netns(`p${number}`), nodeNetns: netns(`n${node}`) },
      address: podAddress(number),
    };
  };
  const nodes = NODE_NUMBERS.map(number => ({ number, netns: netns(`n${number}`) }));
  return { fabricNetns: netns('fabric'), nodes, pods: [pod(1), pod(2), pod(3)] };
}

/** Bridges hand IPv4 to netfilter where Kubernetes runs, and namespaces begin so; a switch between nodes has none. */
export function bypassNetfilter(fabricNetns: string): void {
  if (existsSync('/proc/sys/net/bridge'))
    writeSysctls(fabricNetns, { 'net.bridge.bridge-nf-call-iptables': '0' });
}

export function podAddress(number: 1 | 2 | 3): string {
  return `10.244.${number === 2 ? 2 : 1}.${number === 3 ? 3 : 2}`;
}

export function underlayOf(number: NodeNumber): string {
  return `192.168.1.${10 + number}`;
}

export function other(number: NodeNumber): NodeNumber {
  return number === 1 ? 2 : 1;
}
