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
