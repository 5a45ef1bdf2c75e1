// The devices of node 1 in the test's own namespace, as far as programs ask the kernel about them.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { DEVICE, FAR_OFFSET, IPV4, IPV6, MAC, OVERLAY6_NODE, UPLINK_MTU, VXLAN_PORT } from './cluster.ts';

/** A router, and one that says nothing of itself on its links: tests count every packet. */
const SYSCTLS: readonly (readonly [name: string, value: string])[] = [
  ['ipv4/conf/all/forwarding', '1'],
  ['ipv4/conf/all/rp_filter', '0'],
  ['ipv4/conf/default/rp_filter', '0'],
  ['ipv6/conf/all/forwarding', '1'],
  ['ipv6/conf/default/accept_dad', '0'],
  ['ipv6/conf/default/addr_gen_mode', '1'],
  ['ipv6/conf/default/mldv2_unsolicited_report_interval', '1000000'],
];

const ROUTER = { ipv4: '192.0.2.254', ipv6: '2001:db8::fe' } as const;

/** Who answers on the underlay's subnet: the router and the nodes that share it. */
const NEXT_HOPS: readonly (readonly [address: string, mac: string])[] = [
  [ROUTER.ipv4, MAC.router],
  [ROUTER.ipv6, MAC.router],
  [IPV4.overlayNode, MAC.remoteUplink],
  [IPV6.overlayNode, MAC.remoteUplink],
  [OVERLAY6_NODE, MAC.remoteUplink],
  [IPV4.directNode, MAC.directUplink],
  [IPV6.directNode, MAC.directUplink],
];

/** Needs the namespace that own-netns.ts makes: indexes are fixed and must be free. */
export function createDevices(): void {
  for (const [name, value] of SYSCTLS) writeFileSync(`/proc/sys/net/${name}`, value);
  ip([
    'link set lo up',
    ...veth('uplink', DEVICE.uplink, MAC.uplink, 'wire', DEVICE.wire),
    ...veth('nic2', DEVICE.nic2, MAC.nic2, 'wire2', DEVICE.wire2),
    ...veth('hdpod', DEVICE.pod, MAC.gateway, 'pod', DEVICE.pod + FAR_OFFSET),
    ...veth('hdsibling', DEVICE.sibling, MAC.gateway, 'sibling', DEVICE.sibling + FAR_OFFSET),
    ...veth('hdstranger', DEVICE.stranger, MAC.gateway, 'stranger', DEVICE.stranger + FAR_OFFSET),
    `link add index ${DEVICE.overlay} name heddle0 address ${MAC.overlay} mtu ${UPLINK_MTU - 50} type vxlan external dstport ${VXLAN_PORT} udp6zerocsumrx nolearning`,
    'link set heddle0 arp off',
    'link set heddle0 up',
    `address add ${IPV4.own}/24 dev uplink`,
    `address add ${IPV6.own}/64 dev uplink nodad`,
    `address add ${IPV4.host}/32 dev heddle0`,
    `address add ${IPV6.host}/128 dev heddle0 nodad`,
    ...NEXT_HOPS.flatMap(([address, mac]) => [
      `neighbour replace ${address} lladdr ${mac} dev uplink nud permanent`,
    ]),
    ...[IPV4, IPV6].flatMap(view => [
      ...podRoute(view.pod, 'hdpod', MAC.pod),
      ...podRoute(view.sibling, 'hdsibling', MAC.sibling),
    ]),
    `route add default via ${ROUTER.ipv4}`,
    `route add default via ${ROUTER.ipv6}`,
  ]);
  for (const nic of ['uplink', 'nic2']) execFileSync('ethtool', ['-K', nic, 'gro', 'on'], { stdio: 'pipe' });
}

/** As the daemon makes it: the host's stack reaches the pod without asking who it is. */
function podRoute(address: string, device: string, mac: string): string[] {
  return [
    `route add ${address} dev ${device}`,
    `neighbour replace ${address} lladdr ${mac} dev ${device} nud permanent`,
  ];
}

function veth(name: string, index: number, mac: string, peer: string, peerIndex: number): string[] {
  return [
    `link add index ${index} name ${name} address ${mac} mtu ${UPLINK_MTU} type veth peer index ${peerIndex} name ${peer} mtu ${UPLINK_MTU}`,
    `link set ${peer} up`,
    `link set ${name} up`,
  ];
}

/** One `ip -batch`: what fails is named with its line. */
export function ip(commands: readonly string[]): void {
  execFileSync('ip', ['-batch', '-'], {
    input: `${commands.join('\n')}\n`,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}
