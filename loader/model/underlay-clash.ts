// Pod CIDRs of this node that overlap what its underlay uses. Addresses there are other machines': a pod that got one would cut
// off the machine, or not be reached, and a route for the CIDR would hide its neighbours from the node.
import { type Cidr, cidrContains, cidrsOverlap } from 'ip';
import type { UplinkFacts } from './node-facts.ts';

export interface UnderlayClash {
  readonly cidr: Cidr;
  /** 'the underlay's network 192.0.2.0/24'. */
  readonly what: string;
}

type Underlay = Pick<UplinkFacts, 'connected' | 'defaultGateways'>;

/** At most one for each pod CIDR. */
export function underlayClashes(
  podCidrs: readonly Cidr[],
  uplinks: readonly Underlay[],
): readonly UnderlayClash[] {
  return podCidrs.flatMap(cidr => {
    const [what] = uplinks.flatMap(uplink => usesOf(uplink, cidr));
    return what === undefined ? [] : [{ cidr, what }];
  });
}

/** Pod CIDRs without those that clash. */
export function offUnderlay(podCidrs: readonly Cidr[], uplinks: readonly Underlay[]): readonly Cidr[] {
  const clashes = new Set(underlayClashes(podCidrs, uplinks).map(({ cidr }) => cidr));
  return clashes.size === 0 ? podCidrs : podCidrs.filter(cidr => !clashes.has(cidr));
}

export function clashReason(nodeName: string, { cidr, what }: UnderlayClash): string {
  return `no pod can have an address of pod CIDR ${cidr} of node ${nodeName}, since it overlaps ${what}`;
}

export const CLASH_CURE = 'give its Node object a pod CIDR outside of the underlay';

function usesOf({ connected, defaultGateways = [] }: Underlay, cidr: Cidr): string[] {
  const networks = connected.filter(network => cidrsOverlap(network, cidr));
  const routers = defaultGateways.filter(addr => cidrContains(cidr, addr));
  return [
    ...networks.map(network => `the underlay's network ${network}`),
    ...routers.map(addr => `the default gateway ${addr}`),
  ];
}
