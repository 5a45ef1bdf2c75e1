// Ours: a lab of two nodes with real daemons, two pods each.
import { labDown } from '../../../lab/down.ts';
import { nodeOf, type Lab, type LabPod } from '../../../lab/lab.ts';
import { DEFAULT_OPTIONS, type LabOptions } from '../../../lab/plan.ts';
import { labUp } from '../../../lab/up.ts';
import { gatewayMac } from '../../../loader/model/derived-macs.ts';
import type { BenchContext } from '../figure.ts';
import { forgetFlows } from './forget-flows.ts';
import { bypassNetfilter, wireOf, type UnderlayShape } from './underlay.ts';
import type { PodEnd, PodNetwork } from './pod-network.ts';

export interface LabNetwork extends PodNetwork {
  readonly lab: Lab;
  /** So that all of them are new. */
  forgetFlows(): Promise<void>;
}

/** IANA's for VXLAN, the daemon's default. */
const VXLAN_PORT = 4_789;

/** Under that name; an earlier one that was left is taken down first. */
export async function openLabNetwork(
  name: string,
  encapsulation: 'always' | 'never',
  { signal }: BenchContext,
  shape: UnderlayShape = 'switch',
): Promise<LabNetwork> {
  await labDown(name);
  const options: LabOptions = {
    ...DEFAULT_OPTIONS,
    ...{ name, encapsulation, podsPerNode: 2, families: 'ipv4', underlayFamilies: 'ipv4' },
    underlay: shape === 'switch' ? 'flat' : 'cable',
    nic: ['super-packets'], // figures on the wire have them cut: underlay-offloads.ts
  };
  const lab = await labUp(options, { signal });
  bypassNetfilter(lab.fabricNetns);
  const [from, neighbour, to] = lab.pods.map(pod => podEnd(lab, pod)); // of n1, of n1, of n2
  if (from === undefined || neighbour === undefined || to === undefined)
    throw new Error('the lab has too few pods');
  return {
    ...{ lab, from, to, neighbour },
    wire: wireOf(shape, lab.fabricNetns, from.nodeNetns),
    forgetFlows: () => {
      for (const node of lab.nodes) forgetFlows(node);
      return Promise.resolve();
    },
    carriage: encapsulation === 'always' ? { kind: 'vxlan', port: VXLAN_PORT } : { kind: 'plain' },
    [Symbol.asyncDispose]: () => labDown(name),
  };
}

export function podEnd(lab: Lab, pod: LabPod): PodEnd {
  const node = nodeOf(lab, pod);
  const [address = ''] = pod.addresses;
  return { netns: pod.netns, nodeNetns: node.netns, address, gatewayMac: gatewayMac(node.name) };
}
