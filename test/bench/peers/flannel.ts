// Two nodes as flannel's vxlan backend configures a kernel: a bridge for the pods, a vxlan device, static neighbours.
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { addNetns, ipIn, writeSysctls } from '../../../lab/iproute.ts';
import { removeRemnants } from '../../../lab/remnants.ts';
import type { FloodEnd } from '../net/flood.ts';

export interface FlannelPair extends AsyncDisposable {
  readonly from: FloodEnd;
  readonly to: FloodEnd;
  /** Packets that have left a node in the tunnel. */
  tunnelled(end: FloodEnd): number;
}

const NUMBERS = [1, 2] as const;
type Number = (typeof NUMBERS)[number];

const VXLAN = 'flannel.1';
const BRIDGE = 'cni0';
const MTU = 1_450;
/** Linux's own, which flannel uses. */
const VXLAN_PORT = 8_472;

/** Under that name; an earlier one that was left is removed first. */
export async function openFlannelPair(name: string): Promise<FlannelPair> {
  await removeRemnants(name);
  const netns = (part: string): string => `/run/netns/hd-${name}-${part}`;
  for (const part of ['fabric', 'n1', 'n2', 'p1', 'p2']) addNetns(netns(part));
  ipIn(netns('fabric'), [
    'link add br1 type bridge',
    'link set br1 up',
    ...NUMBERS.flatMap(number => [
      `link add n${number} type veth peer name eth0 netns ${basename(netns(`n${number}`))}`,
      `link set n${number} master br1 up`,
    ]),
  ]);
  for (const number of NUMBERS) {
    ipIn(netns(`n${number}`), nodeCommands(number, basename(netns(`p${number}`))));
    const tunnel = ['dev', VXLAN, 'dst', underlayOf(other(number))];
    execFileSync('bridge', [
      '-n',
      basename(netns(`n${number}`)),
      'fdb',
      'add',
      vtepMac(other(number)),
      ...tunnel,
    ]);
    writeSysctls(netns(`n${number}`), { 'net.ipv4.ip_forward': '1' });
    ipIn(netns(`p${number}`), podCommands(number));
  }
  const end = (number: Number): FloodEnd => ({
    ...{ netns: netns(`p${number}`), nodeNetns: netns(`n${number}`) },
    ...{ address: podAddress(number), gatewayMac: bridgeMac(number) },
  });
  return {
    from: end(1),
    to: end(2),
    tunnelled: ({ nodeNetns }) => sentBy(nodeNetns, VXLAN),
    [Symbol.asyncDispose]: () => removeRemnants(name),
  };
}

function nodeCommands(number: Number, podNetns: string): string[] {
  const there = other(number);
  return [
    `address add ${underlayOf(number)}/24 dev eth0`,
    'link set eth0 up',
    `link add ${VXLAN} address ${vtepMac(number)} mtu ${MTU} type vxlan id 1 dstport ${VXLAN_PORT} local ${underlayOf(number)} dev eth0 nolearning`,
    `link set ${VXLAN} up`,
    `address add 10.244.${number}.0/32 dev ${VXLAN}`,
    `link add ${BRIDGE} address ${bridgeMac(number)} mtu ${MTU} type bridge`,
    `link set ${BRIDGE} up`,
    `address add 10.244.${number}.1/24 dev ${BRIDGE}`,
    `link add pod mtu ${MTU} type veth peer name eth0 mtu ${MTU} netns ${podNetns}`,
    `link set pod master ${BRIDGE} up`,
    `neigh add 10.244.${there}.0 lladdr ${vtepMac(there)} dev ${VXLAN} nud permanent`,
    `route add 10.244.${there}.0/24 via 10.244.${there}.0 dev ${VXLAN} onlink`,
  ];
}

function podCommands(number: Number): string[] {
  return [
    `address add ${podAddress(number)}/24 dev eth0`,
    'link set eth0 up',
    `route add default via 10.244.${number}.1`,
  ];
}

function other(number: Number): Number {
  return number === 1 ? 2 : 1;
}

export function podAddress(number: Number): string {
  return `10.244.${number}.2`;
}

function underlayOf(number: Number): string {
  return `192.168.1.${10 + number}`;
}

function vtepMac(number: Number): string {
  return `02:00:00:00:0a:0${number}`;
}

function bridgeMac(number: Number): string {
  return `02:00:00:00:0b:0${number}`;
}

function sentBy(netns: string, device: string): number {
  const text = execFileSync('ip', ['-n', basename(netns), '-s', '-j', 'link', 'show', device], {
    encoding: 'utf8',
  });
  const [link] = JSON.parse(text) as { stats64: { tx: { packets: number } } }[];
  return link?.stats64.tx.packets ?? 0;
}
