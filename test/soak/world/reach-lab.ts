// Joins this process's own namespace to a lab's fabric, so that the daemons reach servers that it runs.
import { basename } from 'node:path';
import type { LabPlan } from '../../../lab/plan.ts';
import { ipIn } from '../../../lab/iproute.ts';
import { ip } from '../../support/bpf/devices.ts';

/** Of this process, for the daemons; RFC 5737, documentation. */
export const HERE = '203.0.113.1';
const FABRIC = '203.0.113.2';
const DEVICE = 'soak';

/** The link goes with the fabric's namespace. */
export function reachLab({ fabricNetns }: LabPlan): void {
  ip([
    'link set lo up',
    `link add ${DEVICE} type veth peer name ${DEVICE} netns ${basename(fabricNetns)}`,
    `address add ${HERE}/24 dev ${DEVICE}`,
    `link set ${DEVICE} up`,
  ]);
  ipIn(fabricNetns, [`address add ${FABRIC}/24 dev ${DEVICE}`, `link set ${DEVICE} up`]);
  ip([`route add 192.168.0.0/16 via ${FABRIC}`]);
}
