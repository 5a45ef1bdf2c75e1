// Looks for kube-proxy's rules, where that matters: with `services: auto`.
import { isNftMissing } from '../network/nft.ts';
import { kubeProxyMode } from './foreign-proxy.ts';
import { NFT_INTERVAL_MS } from './nft-interval.ts';
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

export function kubeProxy({ config, nft, cells }: NodeContext): Reconciler {
  return {
    name: 'kube-proxy',
    needs: [],
    isNeededByPods: false,
    minIntervalMs: NFT_INTERVAL_MS,
    async sync(mode) {
      if (config.services !== 'auto' || (mode === 'incremental' && cells.kubeProxy.isKnown)) return [];
      try {
        cells.kubeProxy.set(kubeProxyMode((await nft.list('chains')) ?? []) ?? 'none');
      } catch (error) {
        if (!isNftMissing(error)) throw error; // without nft neither mode of kube-proxy works
        cells.kubeProxy.set('none');
      }
      return [];
    },
  };
}
