// Reconciles accept rules for pods in foreign nftables chains whose policy is drop.
import { isDeepStrictEqual } from 'node:util';
import type { Cidr } from 'ip';
import { messageOf } from '../errors.ts';
import { reconcileFirewall } from '../network/firewall.ts';
import { isNftMissing } from '../network/nft.ts';
import { networkNames } from './network-names.ts';
import { NFT_INTERVAL_MS } from './nft-interval.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import { effectiveCidrs } from './effective-cidrs.ts';
import type { Reconciler } from './reconciler.ts';

export function firewall(context: NodeContext): Reconciler {
  const { config, nft, cells } = context;
  let written: readonly Cidr[] | undefined;
  let problems: readonly string[] = [];
  return {
    name: 'firewall',
    needs: [cells.nodes],
    announcedBy: ['nftables-forward'],
    isNeededByPods: true,
    minIntervalMs: NFT_INTERVAL_MS,
    async sync(mode) {
      const ownCidrs = effectiveCidrs(context).own;
      if (mode === 'incremental' && isDeepStrictEqual(ownCidrs, written)) return problems;
      written = undefined;
      try {
        const sync = await reconcileFirewall(nft, { ownCidrs, names: networkNames(config) });
        notifyAll(context, sync.changes);
        problems = sync.problems;
        cells.forwardChains.set(sync.chains);
      } catch (error) {
        if (config.masquerade || !isNftMissing(error)) throw error;
        problems = [`${messageOf(error)}; until then no firewall that drops forwarded packets is noticed`];
      }
      written = ownCidrs;
      return problems;
    },
  };
}
