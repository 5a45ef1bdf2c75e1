// Reconciles the nftables table that masquerades pods' traffic out of the cluster.
import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../model/change.ts';
import { isNftMissing } from '../network/nft.ts';
import { reconcileMasquerade, removeMasquerade, type Masquerade } from '../network/masquerade.ts';
import type { NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import { effectiveCidrs } from './effective-cidrs.ts';
import { NFT_INTERVAL_MS } from './nft-interval.ts';
import type { Reconciler } from './reconciler.ts';

export function masquerade(context: NodeContext): Reconciler {
  const { config, nft, cells } = context;
  let written: Masquerade | undefined;
  return {
    name: 'masquerade',
    needs: [cells.nodes, cells.uplinks],
    announcedBy: ['nftables-own'],
    isNeededByPods: true,
    minIntervalMs: NFT_INTERVAL_MS,
    async sync(mode) {
      const desired = desiredMasquerade(context);
      if (mode === 'incremental' && isDeepStrictEqual(desired, written)) return [];
      written = undefined;
      notifyAll(context, await (config.masquerade ? reconcileMasquerade(nft, desired) : removed(context)));
      written = desired;
      return [];
    },
  };
}

/** Without nft there is nothing to remove it with: `firewall` says so. */
async function removed({ nft, config }: NodeContext): Promise<readonly Change[]> {
  try {
    return await removeMasquerade(nft, config.nftTable);
  } catch (error) {
    if (isNftMissing(error)) return [];
    throw error;
  }
}

function desiredMasquerade(context: NodeContext): Masquerade {
  const { config, cells } = context;
  const { own, all } = effectiveCidrs(context);
  return {
    uplinks: cells.uplinks.known.map(({ name }) => name),
    ownCidrs: own,
    clusterCidrs: all,
    vxlanPort: config.tunnel.port,
    table: config.nftTable,
  };
}
