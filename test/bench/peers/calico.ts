// Two nodes as Calico configures a kernel without tunnels: a route for each pod, netfilter's tables, one policy.
import { execFileSync } from 'node:child_process';
import { writeSysctls } from '../../../lab/iproute.ts';
import { removeRemnants } from '../../../lab/remnants.ts';
import type { PodNetwork } from '../net/pod-network.ts';
import { openUnderlay } from '../net/underlay.ts';
import { calicoRuleset } from './calico-rules.ts';
import { addRoutedPods, podDevice, routedEnd } from './routed-pods.ts';

/** What its one policy admits from pods to pods. */
export interface AdmittedPorts {
  readonly tcp: number;
  readonly udp: number;
}

/** What felix sets for each pod's device. */
const POD_SYSCTLS = { rp_filter: '1', route_localnet: '1' } as const;

/** Under that name; an earlier one that was left is removed first. */
export async function openCalicoPair(name: string, admitted: AdmittedPorts): Promise<PodNetwork> {
  const underlay = await openUnderlay(name);
  addRoutedPods(underlay, POD_SYSCTLS);
  const addresses = underlay.pods.map(({ address }) => address);
  for (const node of underlay.nodes) {
    const local = underlay.pods.filter(pod => pod.node === node.number);
    const devices = local.map(pod => ({ device: podDevice(pod) }));
    nft(node.netns, calicoRuleset(devices, { pods: addresses, ...admitted }));
    writeSysctls(node.netns, { 'net.netfilter.nf_conntrack_udp_timeout': '1' });
  }
  const [from, to, neighbour] = underlay.pods;
  return {
    ...{ from: routedEnd(from), to: routedEnd(to), neighbour: routedEnd(neighbour) },
    wire: underlay.wire,
    carriage: { kind: 'plain' },
    [Symbol.asyncDispose]: () => removeRemnants(name),
  };
}

function nft(netns: string, ruleset: string): void {
  execFileSync('nsenter', [`--net=${netns}`, 'nft', '-f', '-'], {
    input: ruleset,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}
