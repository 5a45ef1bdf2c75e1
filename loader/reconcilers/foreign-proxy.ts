// What of kube-proxy's rules is on the node, and what that means with Services of ours.
import type { Config } from '../config.ts';
import type { NftObject } from '../network/nft.ts';

export type KubeProxyMode = 'nftables' | 'iptables';

/** Its table in nftables mode, or its chain as iptables-nft has it; undefined: neither. */
export function kubeProxyMode(chains: readonly NftObject[]): KubeProxyMode | undefined {
  const named = chains.flatMap(({ chain }) => chain ?? []);
  if (named.some(({ table }) => table === 'kube-proxy')) return 'nftables';
  return named.some(({ name }) => name === 'KUBE-SERVICES') ? 'iptables' : undefined;
}

export function foreignProxyProblems(
  services: Config['services'],
  mode: KubeProxyMode | 'none' | undefined,
): readonly string[] {
  if (services !== 'auto' || mode === undefined || mode === 'none') return [];
  return [
    `kube-proxy's rules (${mode}) are on this node, and services is auto: both serve Services. Set services to off, or remove kube-proxy`,
  ];
}
