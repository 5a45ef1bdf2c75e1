// A second device of a node, with a wire to the lab's fabric.
import { basename } from 'node:path';
import { ipIn, writeSysctls } from '../../../../lab/iproute.ts';
import type { Lab } from '../../../../lab/lab.ts';
import type { NodePlan } from '../../../../lab/plan.ts';
import { macOf } from '../../../support/device-mac.ts';
import { eth, type Packet } from '../../../support/packet/packet.ts';

/** The fabric's end of the wire. */
export const SECOND = 'second';

/** Adds `eth1`; answers the Ethernet header of frames that are sent to it. */
export async function addSecondDevice(lab: Lab, node: NodePlan): Promise<Packet> {
  ipIn(lab.fabricNetns, [
    `link add ${SECOND} type veth peer name eth1 netns ${basename(node.netns)}`,
    `link set ${SECOND} up`,
  ]);
  ipIn(node.netns, ['address add 172.16.9.1/24 dev eth1', 'link set eth1 up']);
  // The kernel's own check would refuse foreign sources there before we can.
  writeSysctls(node.netns, { 'net.ipv4.conf.all.rp_filter': '0', 'net.ipv4.conf.eth1.rp_filter': '0' });
  return eth(await macOf({ netns: lab.fabricNetns }, SECOND), await macOf(node, 'eth1'));
}

/** A device of the node that is no uplink, what the fabric has at its other end, and its network: 172.16.N.0/24. */
export interface OtherDevice {
  readonly kind: string;
  readonly name: string;
  readonly far: string;
  readonly network: number;
}

export const OTHER_DEVICES: readonly OtherDevice[] = [
  { kind: 'a second NIC', name: 'eth1', far: SECOND, network: 9 },
  { kind: 'a bridge', name: 'docker0', far: 'third', network: 10 },
  { kind: 'a foreign VXLAN', name: 'foreign0', far: 'foreign', network: 11 },
  { kind: 'a macvlan', name: 'macvlan0', far: SECOND, network: 12 },
];

/** Address of the node, or of a stranger there. */
export function addressIn(family: 'ipv4' | 'ipv6', { network }: OtherDevice, host: number): string {
  return family === 'ipv4' ? `172.16.${network}.${host}` : `fd00:172:16:${network}::${host}`;
}

/** Beside `eth1`, the others; no reverse path filter is on. */
export function addOtherDevices(lab: Lab, node: NodePlan): void {
  ipIn(lab.fabricNetns, [
    `link add third type veth peer name eth2 netns ${basename(node.netns)}`,
    `address add 172.16.9.2/24 dev ${SECOND}`,
    `link add foreign type vxlan id 9 local 172.16.9.2 remote 172.16.9.1 dev ${SECOND} dstport 4790`,
    ...['third', 'foreign'].map(name => `link set ${name} up`),
  ]);
  const made = OTHER_DEVICES.filter(({ name }) => name !== 'eth1');
  ipIn(node.netns, [
    'link add docker0 type bridge',
    'link set eth2 up master docker0',
    'link add foreign0 type vxlan id 9 local 172.16.9.1 remote 172.16.9.2 dev eth1 dstport 4790',
    'link add link eth1 name macvlan0 type macvlan mode bridge',
    ...made.map(({ name }) => `link set ${name} up`),
    ...made.map(device => `address add ${addressIn('ipv4', device, 1)}/24 dev ${device.name}`),
    ...OTHER_DEVICES.map(device => `address add ${addressIn('ipv6', device, 1)}/64 dev ${device.name} nodad`),
  ]);
  writeSysctls(
    node.netns,
    Object.fromEntries(OTHER_DEVICES.map(({ name }) => [`net.ipv4.conf.${name}.rp_filter`, '0'])),
  );
}
