// The wire between two nodes that are not a lab's: namespaces and a switch, as lab/fabric.ts makes them.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { cable } from '../../../lab/fabric.ts';
import { addNetns, ipIn, setFeatures, writeSysctls } from '../../../lab/iproute.ts';
import { removeRemnants } from '../../../lab/remnants.ts';

/** Of two nodes; the pods of n1 are p1 and p3, that of n2 is p2. */
export const NODE_NUMBERS = [1, 2] as const;
export type NodeNumber = (typeof NODE_NUMBERS)[number];

/** Of veths as they are, bytes. */
export const UNDERLAY_MTU = 1_500;

/** Where packets between the nodes can be seen and counted. */
export interface Wire {
  /** Of a device that everything between the nodes goes through. */
  readonly netns: string;
  readonly device: string;
  /** The switch's ports; a cable has none. */
  readonly ports: readonly { readonly netns: string; readonly device: string }[];
}

/** Not asked for anything, but without a default route nodes answer no ARP for others. */
const ROUTER = '192.168.1.1';

export interface PeerPod {
  readonly number: 1 | 2 | 3;
  readonly node: NodeNumber;
  readonly netns: string;
  readonly nodeNetns: string;
  readonly address: string;
}

/** How two nodes are joined: each to a switch, or to each other. */
export type UnderlayShape = 'switch' | 'cable';

export interface Underlay {
  readonly wire: Wire;
  readonly nodes: readonly { readonly number: NodeNumber; readonly netns: string }[];
  readonly pods: readonly [PeerPod, PeerPod, PeerPod];
}

/** Pods are namespaces without a link so far. What was left under that name is removed first. */
export async function openUnderlay(name: string, shape: UnderlayShape = 'switch'): Promise<Underlay> {
  await removeRemnants(name);
  const netns = (part: string): string => `/run/netns/hd-${name}-${part}`;
  const nodeNetns = (number: NodeNumber): string => netns(`n${number}`);
  for (const part of ['fabric', 'n1', 'n2', 'p1', 'p2', 'p3']) addNetns(netns(part));
  ipIn(netns('fabric'), [
    'link add br1 type bridge',
    `address add ${ROUTER}/24 dev br1`,
    'link set br1 up',
    ...(shape === 'cable'
      ? cable(UNDERLAY_MTU, NODE_NUMBERS.map(nodeNetns))
      : NODE_NUMBERS.flatMap(number => [
          `link add n${number} type veth peer name eth0 netns ${basename(nodeNetns(number))}`,
          `link set n${number} master br1 up`,
        ])),
  ]);
  bypassNetfilter(netns('fabric'));
  for (const number of NODE_NUMBERS) {
    ipIn(netns(`n${number}`), [
      `address add ${underlayOf(number)}/24 dev eth0`,
      'link set eth0 up',
      `route add default via ${ROUTER}`,
    ]);
    setFeatures(netns(`n${number}`), { eth0: ['gro', 'on'] }); // as a lab's uplinks have it
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
  return { wire: wireOf(shape, netns('fabric'), nodeNetns(1)), nodes, pods: [pod(1), pod(2), pod(3)] };
}

/** The nodes' ends are `eth0`, the switch's ports `n1` and `n2`. */
export function wireOf(shape: UnderlayShape, fabricNetns: string, firstNetns: string): Wire {
  if (shape === 'cable') return { netns: firstNetns, device: 'eth0', ports: [] };
  const ports = NODE_NUMBERS.map(number => ({ netns: fabricNetns, device: `n${number}` }));
  return { netns: fabricNetns, device: 'n1', ports };
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
