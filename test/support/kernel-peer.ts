// A node without Heddle: a plain vxlan device of the kernel, its tables written by hand, in a bare namespace.
import { renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { addNetns, ipIn } from '../../lab/iproute.ts';
import { nodeNamed, type Lab } from '../../lab/lab.ts';
import { overlayMac } from '../../loader/model/derived-macs.ts';
import { addressOf, mustExec, type TestHost } from './lab.ts';

const VTEP_MAC = '02:00:00:00:00:99';
const UNDERLAY = { ipv4: '192.168.1.99/24', ipv6: 'fd00:168:0:1::99/64' } as const;
const PODS = { ipv4: '10.244.99.2', ipv6: 'fd00:244:0:99::2' } as const;
const POD_CIDRS = ['10.244.99.0/24', 'fd00:244:0:99::/64'];
/** Of node n1, as labs have it: its pods, and its overlay device as their gateway. */
const THEIRS = {
  ipv4: { cidr: '10.244.1.0/24', gateway: '10.244.1.1' },
  ipv6: { cidr: 'fd00:244:0:1::/64', gateway: 'fd00:244:0:1::1' },
} as const;
/** Outer headers and the inner Ethernet header, bytes. */
const OVERHEAD = { ipv4: 50, ipv6: 70 } as const;

type Family = keyof typeof OVERHEAD;

/** Joins the subnet of n1, knows it, and is announced to it; `outer` is the tunnel's family. It goes with the lab. */
export async function addKernelPeer(lab: Lab, outer: Family): Promise<TestHost> {
  const netns = `/run/netns/hd-${lab.options.name}-peer`;
  const peer = { name: 'peer', netns, addresses: [PODS.ipv4, PODS.ipv6] };
  addNetns(netns);
  ipIn(lab.fabricNetns, [
    `link add peer type veth peer name eth0 netns ${basename(netns)}`,
    'link set peer master br1 up',
  ]);
  ipIn(netns, [
    addAddress(UNDERLAY[outer], 'eth0'),
    'link set eth0 up',
    vxlanDevice(outer, lab.options.mtu),
    'link set vxlan1 up',
    ...peer.addresses.map(address => addAddress(address, 'lo')),
    ...pathTo('ipv4'),
    ...pathTo('ipv6'),
  ]);
  const end = addressOf(nodeNamed(lab, 'n1'), outer);
  await mustExec(peer, 'bridge', 'fdb', 'add', overlayMac('n1'), 'dev', 'vxlan1', 'dst', end);
  announce(lab, outer);
  return peer;
}

/** Usable at once: without `nodad` even loopback's IPv6 addresses are tentative until a work queue has run. */
function addAddress(address: string, device: string): string {
  return `address add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`;
}

function vxlanDevice(outer: Family, underlayMtu: number): string {
  const local = addressPart(UNDERLAY[outer]);
  const sums = outer === 'ipv6' ? 'udp6zerocsumtx udp6zerocsumrx' : '';
  const mtu = underlayMtu - OVERHEAD[outer];
  return (
    `link add vxlan1 address ${VTEP_MAC} mtu ${mtu} ` +
    `type vxlan id 1 dstport 4789 local ${local} dev eth0 nolearning ${sums}`
  );
}

/** What a control plane would write. */
function pathTo(family: Family): string[] {
  const { cidr, gateway } = THEIRS[family];
  return [
    `neigh add ${gateway} lladdr ${overlayMac('n1')} dev vxlan1 nud permanent`,
    `route add ${gateway} dev vxlan1 src ${PODS[family]}`,
    `route add ${cidr} via ${gateway} dev vxlan1 src ${PODS[family]}`,
  ];
}

function announce(lab: Lab, outer: Family): void {
  const address = addressPart(UNDERLAY[outer]);
  const node = {
    ...{ apiVersion: 'v1', kind: 'Node' },
    metadata: { name: 'peer', annotations: { 'heddle.dev/vtep-mac': VTEP_MAC } },
    spec: { podCIDRs: POD_CIDRS },
    status: { addresses: [{ type: 'InternalIP', address }] },
  };
  const path = join(lab.manifests, 'node-peer.yaml');
  writeFileSync(`${path}.tmp`, stringify(node));
  renameSync(`${path}.tmp`, path);
}

function addressPart(prefix: string): string {
  return prefix.replace(/\/.*/, '');
}
