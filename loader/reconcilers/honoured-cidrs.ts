// The pod CIDRs that nodes have, without those that another one has claimed before them.
import type { Cidr } from 'ip';
import { claimCidrs } from '../model/cidr-claims.ts';
import type { NodeContext } from './node-context.ts';

export interface HonouredCidrs {
  /** This node's. */
  readonly own: readonly Cidr[];
  /** Of all nodes. */
  readonly all: readonly Cidr[];
}

export function honouredCidrs({ config, cluster }: Pick<NodeContext, 'config' | 'cluster'>): HonouredCidrs {
  const { byNode } = claimCidrs([...cluster().nodes.values()], config.nodeName);
  return { own: byNode.get(config.nodeName) ?? [], all: [...byNode.values()].flat() };
}
