// Effective pod CIDRs: those of Node objects without the ones that another node owns.
import type { Cidr } from 'ip';
import { claimCidrs } from '../model/cidr-claims.ts';
import type { NodeContext } from './node-context.ts';

export interface EffectiveCidrs {
  /** Of this node. */
  readonly own: readonly Cidr[];
  /** Of all nodes. */
  readonly all: readonly Cidr[];
}

export function effectiveCidrs({ config, cluster }: Pick<NodeContext, 'config' | 'cluster'>): EffectiveCidrs {
  const { byNode } = claimCidrs([...cluster().nodes.values()], config.nodeName);
  return { own: byNode.get(config.nodeName) ?? [], all: [...byNode.values()].flat() };
}
